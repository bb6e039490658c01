# Sourced by stack.sh: where the manifests have Elasticsearch, its Secrets as the prerequisites say; what run-stack asks of it, of Kibana and of what writes
# to it. Programs of ../programs/elastic-stand-in keep their places: said as UNPROVEN, each.
elastic=$(ask '[.[].spec.template.spec.containers[]?.env[]? | select(.name == "ELASTICSEARCH_URL").value] | first // empty')
elastic_namespace=$(ask '[.[] | select(.kind == "StatefulSet" and .metadata.labels["app.kubernetes.io/name"] == "elasticsearch").metadata.namespace] | first // empty')
elastic_shipper=$(ask '[.[] | select(.kind == "DaemonSet").metadata.labels["app.kubernetes.io/name"] | select(. == "fluentd" or . == "fluent-bit")] | first // empty')
elastic_password() { printf '%s' "$1: a \"password\" with \\ and \$1 and {signs}"; }   # what would not survive a careless script
if [ -n "$elastic" ]; then
  elastic_host=${elastic#https://}; elastic_host=${elastic_host%:*}
  ( cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=elastic-authority -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=elasticsearch" -keyout tls.key -out tls.csr
    printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$elastic_host" >tls.ext
    openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile tls.ext -out tls.crt ) >/dev/null 2>&1
  while IFS=$'\t' read -r n secret key; do
    [ "$n" = "$elastic_namespace" ] || continue
    case $key in tls.crt | tls.key | ca.crt) value=$(cat "$work/$key") ;; *) value=$(elastic_password "$key") ;; esac
    kubectl -n "$n" patch secret "$secret" -p "$(jq -n --arg k "$key" --arg v "$value" '{stringData: {($k): $v}}')" >/dev/null
  done <<<"$secrets"
fi
# elastic_as USER KEY PATH [OPTIONS...] — KEY is that of the password
elastic_as() {
  local address; address=$(service elasticsearch elasticsearch)
  curl -sS -m 10 --cacert "$work/ca.crt" --connect-to "::$address" -u "$1:$(elastic_password "$2")" "$elastic$3" "${@:4}"
}
elastic_get() { elastic_as elastic elastic "$1" -f; }
elastic_status() { elastic_as "$@" -o /dev/null -w '%{http_code}'; }
elastic_lines() { elastic_get "/*/_count?q=$1" | jq .count; }
# elastic_stored APP — what the first node has of its lines: how many, and how many different numbers with their sum
elastic_stored() {
  local volume; volume=$(kubectl get pv -o json | jq -r '.items[] | select(.spec.claimRef.name | test("^data-.*elasticsearch-0$")).spec.local.path')
  jq -rn --arg app "$1" '[inputs | select(.Kind == "document").Value | select(.kubernetes.labels.app == $app).log]
    | [length, ([.[] | (fromjson? // {}) | objects.seq // empty] | unique | length, add)] | join(" ")' "$volume/stand-in.ndjson"
}
elastic_complete() { is "$((LINES_SENT + 3)) $LINES_SENT $((LINES_SENT * (LINES_SENT + 1) / 2))" elastic_stored "$APP"; }
elastic_policy() { elastic_get "/_ilm/policy/$elastic_prefix" | jq -r '.[].policy.phases.delete.min_age'; }
elastic_checks() {
  [ -n "$elastic" ] || return 0
  local image; for image in $stand_ins; do unproven "${image##*/}: a stand-in of ours keeps its place; the program itself has not run here"; done
  elastic_prefix=$(ask '[.[].spec.template.spec.containers[]?.env[]? | select(.name == "INDEX_PREFIX").value] | first')
  local policy; policy=$(ask '.[] | select(.kind == "ConfigMap") | .data["policy.json"] // empty | fromjson | .policy.phases.delete.min_age')
  check "Elasticsearch: all nodes are one cluster" is "green $(ask '.[] | select(.kind == "StatefulSet" and .metadata.labels["app.kubernetes.io/name"] == "elasticsearch").spec.replicas')" \
    eval 'elastic_get /_cluster/health | jq -r "[.status, .number_of_nodes] | join(\" \")"'
  check "Elasticsearch: indices live as long as the stack says, $policy" eventually 30 is "$policy" elastic_policy
  check "Elasticsearch: a wrong password is refused" is 401 elastic_status log-writer elastic /_cluster/health
  check "Elasticsearch: what writes lines cannot read them" is 403 elastic_status log-writer writer "/$elastic_prefix-x/_count"
  check "Elasticsearch: what writes lines cannot change users" is 403 elastic_status log-writer writer /_security/user/elastic/_password -X POST -d '{}'
  check "Elasticsearch: who has no certificate of the authority is no node" eval '! curl -sS -m 5 -k "https://$(pod_ip elasticsearch elasticsearch):9300/"'
  check "Kibana has signed in to Elasticsearch" is available eval 'get "http://$(service kibana kibana)/api/status" | jq -r .status.overall.level'

  eventually 60 kubectl -n "$namespace" rollout status deployment/$APP --timeout=1s || true
  local application; application=$(kubectl -n "$namespace" get pods -l app=$APP -o json | jq -r '.items[0].status.podIP')
  curl -sSf -m 10 --data-binary $'{"message":"found-now"}\n' "http://$application:8080/lines"
  check "a line is found in Elasticsearch within 30 s" eventually 30 is 1 elastic_lines log:found-now
  check "$LINES_SENT lines in, $LINES_SENT lines out, none twice" eventually 60 elastic_complete
  check "every index was made from the template and has the life of the policy" is "[\"$elastic_prefix\"]" eval 'elastic_get "/*/_ilm/explain" | jq -c "[.indices[] | select(.managed).policy] | unique"'
  check "no index is without it" is 0 eval 'elastic_get "/*/_ilm/explain" | jq "[.indices[] | select(.managed | not)] | length"'
}
# The promise of what sends lines is at least once, so that one may be there twice.
elastic_flow_stored() { is "$sent $((sent * (sent + 1) / 2))" eval 'elastic_stored "$flow" | cut -d" " -f2-'; }
elastic_after_restart() {
  [ -n "$elastic" ] || return 0
  check "the lines are still complete, none twice" eventually 60 elastic_complete
  flow_seen() { local seen; seen=$(elastic_lines "kubernetes.labels.app:$flow"); [ "$seen" -ge "$1" ]; }   # not in Loki
  check "200 lines a second flow to Elasticsearch" flow_starts shipper_killed
  check "what sends them is killed, and starts again" kill_9 "$elastic_shipper" "$elastic_shipper"
  flow_ends
  check "of $sent lines none is lost" eventually 60 elastic_flow_stored
  note "lines stored, different ones, their sum: $(elastic_stored "$flow")"
  local settings; settings=$(ask '.[] | select(.kind == "ConfigMap" and .data["policy.json"]).metadata.name')
  kubectl -n "$elastic_namespace" get configmap "$settings" -o json | jq '{data: {"policy.json": (.data["policy.json"] | fromjson | .policy.phases.delete.min_age = "48h" | tojson)}}' >"$work/policy.json"
  kubectl -n "$elastic_namespace" patch configmap "$settings" --patch-file "$work/policy.json" >/dev/null
  check "another retention comes to Elasticsearch without a restart" eventually 180 is 48h elastic_policy
}
