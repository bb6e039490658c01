# Sourced by run-stack and faults after stack.sh: faults, one function each. While a pod writes 200 lines/s something breaks; what was
# sent must then be what is stored, line by line (count and sum of sequence numbers), and the stack must be Ready without a human.
FAST_FAULTS="memcached_killed loki_killed alloy_killed"
ALL_FAULTS="$FAST_FAULTS prometheus_killed gateway_away out_of_order long_line rotation wrong_credentials drained alloy_restarted_in_outage store_refuses_writes store_away"
: "${STORE_AWAY:=300}"     # seconds without object storage

# --- 200 lines a second -------------------------------------------------------------------------------------------------------------
flow_starts() { # NAME
  flow=flow-${1//_/-} flow_began=$SECONDS
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $flow, namespace: $namespace, labels: {app: $flow}}
spec:
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 1
  containers:
  - name: app
    image: $APPLICATION
    resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
    args: [-rate=200, -error-share=0]
YAML
  eventually 60 flow_seen 400
}
flow_seen() { local seen; seen=$(log_value "sum(count_over_time({namespace=\"$namespace\",app=\"$flow\"} |= \"seq\"[2h]))"); [ "$seen" != nothing ] && [ "$seen" -ge "$1" ]; }
flow_ends() {
  sent=$(tell stop </dev/null) rate=$((sent / (SECONDS - flow_began + 1)))
}
flow_stored() {
  local of="{namespace=\"$namespace\",app=\"$flow\"} |= \"seq\""
  is "$sent" log_value "sum(count_over_time($of[2h]))" && is "$((sent * (sent + 1) / 2))" log_value "sum(sum_over_time($of | json seq=\"seq\" | unwrap seq [2h]))"
}
# A killed Alloy sends up to 10 s of lines again. Loki drops those that its open block of the stream (256 KiB) still holds; the others are
# stored twice: a search shows each once, as here, and count_over_time counts both.
flow_found() {
  local from="${T_START}000000000" page=5000
  : >"$work/numbers"
  while [ "$page" = 5000 ]; do
    get "http://$loki/loki/api/v1/query_range" --data-urlencode "query={namespace=\"$namespace\",app=\"$flow\"} |= \"seq\"" --data-urlencode "start=$from" --data-urlencode direction=forward --data-urlencode limit=5000 |
      jq -r '.data.result[].values[] | "\(.[0]) \(.[1] | fromjson | .seq)"' | sort -n >"$work/page"
    cut -d' ' -f2 "$work/page" >>"$work/numbers"
    page=$(wc -l <"$work/page") from=$(tail -n 1 "$work/page" | cut -d' ' -f1)
  done
  is "$sent of $sent" eval 'sort -nu "$work/numbers" | awk "{ last = \$1 } END { print NR, \"of\", last }"'
}
# Where lines are lost by design: all but those numbered after $queued_after and up to $queued_until.
numbered() { log_value "sum(count_over_time({namespace=\"$namespace\",app=\"$flow\"} |= \"seq\" | json seq=\"seq\" | seq $1 [2h]))"; }
flow_stored_around() { is "$queued_after" numbered "<= $queued_after" && is "$((sent - queued_until))" numbered "> $queued_until"; }
last_written() { kubectl -n "$namespace" logs "$flow" --tail=1 | jq .seq; }
tell() { curl -sSf -m 60 --data-binary @- "http://$(kubectl -n "$namespace" get pod "$flow" -o json | jq -r .status.podIP):8080/$1"; }

# --- tools --------------------------------------------------------------------------------------------------------------------------
pods_of() { kubectl get pods -A -l "$(of "$1" "$2")" -o json; }
restarts_of() { pods_of "$1" "$2" | jq '[.items[].status.containerStatuses[]?.restartCount] | add'; }
restarted() { [ "$(restarts_of "$1" "$2")" -gt "$3" ]; }
# kill_9 NAME COMPONENT — SIGKILL to the main process of each such pod, as the kernel does it to a process without memory
kill_9() {
  local before id; before=$(restarts_of "$1" "$2")
  for id in $(pods_of "$1" "$2" | jq -r '.items[] | .spec.containers[0].name as $main | .status.containerStatuses[] | select(.name == $main).containerID | sub(".*//"; "")'); do
    ctr tasks kill -s KILL "$id"
  done
  eventually 120 restarted "$1" "$2" "$before"
}
workload() { kubectl get "$1" -A -l "$(of "$2" "$3")" -o json | jq -r '.items[0] | "-n \(.metadata.namespace) \(.kind)/\(.metadata.name)"'; }
metric() { metrics "$1" | grep -E "^$2" | awk '{ sum += $NF } END { printf "%d", sum }'; }
discarded() { metric "$(pod_ip loki loki):3100" "loki_discarded_samples_total.*reason=\"$1\""; }
push() { curl -sS -m 20 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @- "http://$loki/loki/api/v1/push"; }
# samples FIRST STEP COUNT — one stream, COUNT lines from FIRST (seconds ago) on, STEP seconds apart, as Loki's push API wants it
samples() { jq -n --arg app "$flow" --arg n "$namespace" --argjson now "$(date +%s)" --argjson first "$1" --argjson step "$2" --argjson count "$3" \
  '{streams: [{stream: {app: $app, namespace: $n, kind: "pushed"}, values: [range($count) | ["\($now - $first + . * $step)000000000", "pushed \(.)"]]}]}'; }
pushed() { is "$1" log_value "sum(count_over_time({app=\"$flow\",kind=\"pushed\"}[4h]))"; }
largest_gap() { query "up{app=\"kube-state-metrics\"}[$((SECONDS - T0 + 60))s]" | jq '[.data.result[].values | map(.[0])] | sort_by(-length) | .[0] as $t | [range(1; $t | length) | $t[.] - $t[. - 1]] | max | ceil'; }
no_gap() { local gap; gap=$(largest_gap); [ "$gap" -le "$1" ] || { echo "a gap of $gap s, at most $1 s"; return 1; }; }

# --- the faults ---------------------------------------------------------------------------------------------------------------------
fault_memcached_killed() { kill_9 memcached chunks; kill_9 memcached results; }
fault_loki_killed() { kill_9 loki loki; }
fault_alloy_killed() { kill_9 alloy node; }
fault_prometheus_killed() { kill_9 prometheus prometheus; }
fault_gateway_away() { local w; w=$(workload deployments loki gateway); kubectl scale $w --replicas=0; sleep 60; kubectl scale $w --replicas=2; }
fault_out_of_order() {
  local before; before=$(discarded too_far_behind)
  is 204 eval 'samples 0 1 1 | push' && is 204 eval 'samples 1800 10 100 | push' && is 204 eval 'samples 2700 10 50 | push' || return 1
  # Older than half of max_chunk_age behind the newest line of its stream: refused by design.
  is 400 eval 'samples 9000 10 7 | push' && eventually 30 is $((before + 7)) discarded too_far_behind && eventually 30 pushed 151 || return 1
  note "out of order by less than an hour: 151 of 151 lines stored; older: 7 of 7 refused, loki_discarded_samples_total{reason=\"too_far_behind\"} rose by 7"
}
fault_long_line() {
  local before; before=$(discarded line_too_long)
  { printf '{"message":"'; head -c 1048576 /dev/zero | tr '\0' x; echo '"}'; } | tell lines
  eventually 60 is $((before + 1)) discarded line_too_long || return 1
  note "a line of 1 MiB is refused by design (max_line_size), loki_discarded_samples_total{reason=\"line_too_long\"} rose by 1"
}
rotated() { ls /var/log/pods/"${namespace}_${flow}_"*/app/*.log.* >/dev/null; }
padding() { is 60000 log_value "sum(count_over_time({namespace=\"$namespace\",app=\"$flow\"} |= \"padding\"[2h]))"; }
fault_rotation() {
  awk 'BEGIN { for (i = 1; i <= 60000; i++) printf "{\"message\":\"padding %0300d\"}\n", i }' | tell lines
  eventually 90 rotated && eventually 120 padding
}
keys() { local n s key; while IFS=$'\t' read -r n s key; do case $key in *secret-key | *secret_key) kubectl -n "$n" patch secret "$s" -p "{\"stringData\":{\"$key\":\"$1\"}}" ;; esac; done <<<"$secrets"; }
restart_loki() { kubectl -n "$(pods_of loki loki | jq -r '.items[0].metadata.namespace')" delete pod -l "$(of loki loki)"; }
fault_wrong_credentials() { keys wrong; restart_loki; sleep 30; keys "$S3_SECRET_KEY"; restart_loki; }
fault_drained() {
  kubectl drain "$NODE_NAME" --ignore-daemonsets --delete-emptydir-data --pod-selector=app.kubernetes.io/managed-by=cdk8s --timeout=60s || true   # one node: a budget keeps its last pod
  kubectl uncordon "$NODE_NAME"
}
# What Alloy has read and not sent when it stops is lost, write-ahead log or not: positions are ahead of delivery.
fault_alloy_restarted_in_outage() {
  local w; w=$(workload deployments loki gateway)
  queued_after=$(last_written); eventually 30 flow_seen "$queued_after" || return 1
  kubectl scale $w --replicas=0; sleep 10
  kubectl -n "$(pods_of alloy node | jq -r '.items[0].metadata.namespace')" delete pod -l "$(of alloy node)"
  kubectl scale $w --replicas=2; eventually 120 ready || return 1
  queued_until=$(last_written)
}
flush() { curl -sS -m 60 -o /dev/null -X POST "http://$(pod_ip loki loki):3100/flush" || true; }
store_args() { kubectl -n object-store get deployment s3 -o json | jq "$1" | kubectl apply -f -; }
store_back() { kubectl -n object-store rollout status deployment/s3 --timeout=60s; flush; }
fault_store_refuses_writes() {
  store_args '.spec.template.spec.containers[0].args |= ["--readonly"] + .'; kubectl -n object-store rollout status deployment/s3 --timeout=60s; flush; sleep 30
  store_args '.spec.template.spec.containers[0].args |= map(select(. != "--readonly"))'; store_back
}
fault_store_away() { kubectl -n object-store scale deployment/s3 --replicas=0; flush; sleep "$STORE_AWAY"; kubectl -n object-store scale deployment/s3 --replicas=1; store_back; }

# run_faults NAME...
run_faults() {
  local name gap=65   # two scrapes
  for name; do
    queued_after='' queued_until=''
    if ! flow_starts "$name"; then cp "$work/last" "$work/out"; fail "fault ${name//_/ }: no line arrives before it"; continue; fi
    local began=$SECONDS
    check "fault ${name//_/ }: it happened, and only what is refused by design was" "fault_$name"
    check "fault ${name//_/ }: the stack is Ready again by itself" eventually 240 ready
    addresses
    flow_ends
    [ "$name" != prometheus_killed ] || gap=$((65 + SECONDS - began))
    if [ -n "$queued_until" ]; then
      check "fault ${name//_/ }: $sent lines sent, those before and after the outage stored, none twice" eventually 240 flow_stored_around
      note "fault ${name//_/ }: $((sent - $(numbered "> 0"))) of the $((queued_until - queued_after)) lines written meanwhile are lost: Alloy had read them and could not send them when it stopped. No metric counts them; do not restart agents while Loki is away"
    elif [ "$name" = alloy_killed ]; then
      check "fault ${name//_/ }: $sent lines sent ($rate a second), a search finds each once" eventually 240 flow_found
      note "fault ${name//_/ }: $(($(numbered "> 0") - sent)) lines are stored twice: they were sent again, and Loki had closed the block that held them"
    else
      check "fault ${name//_/ }: $sent lines sent ($rate a second), the same stored, none twice" eventually 240 flow_stored
    fi
    kubectl -n "$namespace" delete pod "$flow" --wait=false >/dev/null
  done
  check "faults: metrics have no gap beyond the outage" no_gap $gap
}
