# Sourced by run-stack: blocks of every age in object storage, the compactor's tiers, Loki's retention, the declared overlay of timings.
OVERLAY=$HERE/overlay.json
day=86400 big=$((486 * 3600)) now=$(date +%s)
thanos_bucket=$(value_of bucket | head -1)
objects_in() { find "$CLUSTER_DIR/object-store/$1" -type f -printf '%P\n'; }

# --- Thanos -------------------------------------------------------------------------------------------------------------------------
# block NAME START END STEP [VALUE-OF-LABEL] — a block of one series, cut by promtool at multiples of 486 hours: a period of just that length is one block
block() {
  { echo '# TYPE backdated gauge'; seq "$2" "$4" $(($3 - 1)) | sed "s/.*/backdated{of=\"${5:-$1}\"} 42 &/"; echo '# EOF'; } >"$work/$1.om"
  "$MONITORING_PROGRAMS/promtool" tsdb create-blocks-from openmetrics --max-block-duration=486h "$work/$1.om" "$work/$1" >/dev/null
}
upload() { # NAME REPLICA — with the external labels that the sidecar says it has
  "$MONITORING_PROGRAMS/thanos" tools bucket upload-blocks --path="$work/$1" $(jq -r --arg r "$2" '. + {replica: $r} | to_entries[] | "--label=\(.key)=\(.value | tojson)"' <<<"$external") \
    --objstore.config="$(jq -n --arg b "$thanos_bucket" --arg e "$(kubectl -n object-store get service s3 -o jsonpath='{.spec.clusterIP}'):443" --arg r "$region" --arg a "$S3_ACCESS_KEY" --arg s "$S3_SECRET_KEY" \
      '{type: "S3", config: {bucket: $b, endpoint: $e, region: $r, access_key: $a, secret_key: $s, bucket_lookup_type: "path", list_objects_version: "v1", http_config: {insecure_skip_verify: true}}}')" 2>&1
}
aligned() { echo $(((now - $1 * day) / big * big)); }   # a period of 486 hours that began more than so many days ago
upload_blocks() {
  external=$(get "http://$query/api/v1/stores" | jq -c '.data.sidecar[0].labelSets[0]')
  block twin "$start" $((start + 7200)) 60 yesterday
  upload twin another-replica || return 1
  local age; for age in 60 200 400; do block "age$age" "$(aligned $age)" $(($(aligned $age) + big)) 300; upload "age$age" "$(jq -r .replica <<<"$external")" || return 1; done
  mkdir -p "$CLUSTER_DIR/object-store/$thanos_bucket/foreign"; echo stays >"$CLUSTER_DIR/object-store/$thanos_bucket/foreign/object"
}
# AGE RESOLUTION of every block that is not marked for deletion
blocks() {
  local meta
  for meta in "$CLUSTER_DIR/object-store/$thanos_bucket"/*/meta.json; do
    [ -e "${meta%meta.json}deletion-mark.json" ] || jq -r --argjson now "$now" '"\(($now - .minTime / 1000) / 86400 | floor) \(.thanos.downsample.resolution / 1000)"' "$meta"
  done | sort -n | uniq -c | awk '{ print $2 ":" $3 "s" ($1 > 1 ? "x" $1 : "") }' | paste -sd' '
}
overlay_compactor() {
  note "timing overlay of the compactor: $(jq -c '.thanosCompactor | .arguments, .reason' "$OVERLAY" | paste -sd' ')"
  jq --slurpfile overlay "$OVERLAY" '.[] | select(.kind == "StatefulSet" and .metadata.labels["app.kubernetes.io/component"] == "compactor") | $overlay[0].thanosCompactor.arguments as $new
    | .spec.template.spec.containers[0].args |= (map(select((split("=")[0]) as $name | $new | has($name) | not)) + ($new | to_entries | map("\(.key)=\(.value)")))' "$work/objects.json" | kubectl apply --server-side --force-conflicts -f - >/dev/null
}
ages() { local a; for a in 60 200 400; do echo "$(((now - $(aligned $a)) / day))"; done; }
# Raw 90 days, five minutes 365 days, one hour for ever: what the reference stack says. Fewer days would show nothing more.
tiers_are() {
  local young middle old; read -r young middle old < <(ages | paste -sd' ')
  is "$1 $young:0s $young:300s $young:3600s $middle:300s $middle:3600s $old:3600s" blocks
}

# --- Loki ---------------------------------------------------------------------------------------------------------------------------
# Three days are kept: five streams, two of them older by an hour or by days.
retention_ages="0 1 71 73 120"
retention_push() {
  local loki; loki=$(kubectl -n retention get pods -o json | jq -r '.items[0].status.podIP'):3100
  jq -n --argjson now "$(date +%s)" --arg ages "$retention_ages" '{streams: [$ages | split(" ")[] | . as $age
    | {stream: {app: "retention", age: $age}, values: [range(100) | ["\($now - ($age | tonumber) * 3600 - . )000000000", "line \(.)"]]}]}' |
    curl -sSf -m 20 -H 'Content-Type: application/json' --data-binary @- "http://$loki/loki/api/v1/push" && curl -sSf -m 60 -X POST "http://$loki/flush"
  mkdir -p "$CLUSTER_DIR/object-store/retention-loki/foreign"; echo stays >"$CLUSTER_DIR/object-store/retention-loki/foreign/object"
}
# The ages in hours of the chunks that are stored: a chunk's name begins with the time of its first line, in hexadecimal milliseconds.
retention_chunks() {
  objects_in retention-loki | sed -n 's#^fake/[^/]*/\([0-9a-f]*\):.*#\1#p' | while read -r first; do echo $(((now - 16#$first / 1000 + 1800) / 3600)); done | sort -n | paste -sd' '
}
# Of the lines that are kept. A deleted line is still answered from the ingester's memory and index for some minutes: not awaited.
retention_kept() {
  local loki; loki=$(kubectl -n retention get pods -o json | jq -r '.items[0].status.podIP'):3100
  get "http://$loki/loki/api/v1/query" --data-urlencode 'query=sum by (age) (count_over_time({app="retention",age=~"0|1|71"}[166h]))' | jq -r '[.data.result[] | "\(.metric.age):\(.value[1])"] | sort | join(" ")'
}
