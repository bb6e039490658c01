# Sourced by run-stack: the work of LOAD_PODS pods, and what the stack takes of memory and CPU meanwhile.
: "${LOAD_PODS:=0}"                                 # 50 is what the light profile is made for
: "${LOAD_LINES:=2}" "${LOAD_SERIES:=200}"          # of each pod: lines of some 200 bytes a second, series
: "${LOAD_SECONDS:=90}"                             # how long it is measured, from 30 s after the last pod is Ready
[ "$LOAD_PODS" = 0 ] || [ -z "$USER_NAMESPACE" ] || { unproven "what containers take under the load of $LOAD_PODS pods: a user namespace has no control groups"; LOAD_PODS=0; }
load_starts() {
  kubectl apply -f - >/dev/null <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: load, namespace: $namespace}
spec:
  replicas: $LOAD_PODS
  selector: {matchLabels: {app: load}}
  template:
    metadata:
      labels: {app: load}
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "8080", prometheus.io/path: /metrics.txt}
    spec:
      tolerations: [{operator: Exists}]
      terminationGracePeriodSeconds: 1
      containers:
      - name: app
        image: docker.io/library/busybox:1.35.0
        resources: {requests: {cpu: 10m, memory: 8Mi}, limits: {memory: 32Mi}}
        command: [sh, -c]
        args:
        - |
          mkdir /tmp/www; httpd -p 8080 -h /tmp/www; n=0
          while n=\$((n + 1)); do
            [ \$((n % 15)) != 1 ] || awk -v n=\$n 'BEGIN { print "# TYPE load_requests_total counter"; for (i = 0; i < $LOAD_SERIES; i++) printf "load_requests_total{path=\"/api/orders/%d\",method=\"GET\"} %d\n", i, n * (i + 1) }' >/tmp/www/metrics.txt
            i=0; while [ \$i -lt $LOAD_LINES ]; do i=\$((i + 1))
              echo "{\"level\":\"info\",\"logger\":\"com.example.OrderController\",\"message\":\"request completed with a text of some length\",\"traceId\":\"load-\$n-\$i\",\"method\":\"GET\",\"uri\":\"/api/orders/\$n\",\"status\":200,\"duration\":\$((n % 100))}"
            done
            sleep 1
          done
YAML
  eventually 180 kubectl -n "$namespace" rollout status deployment/load --timeout=1s || return 1
  # Beside whatever is asked meanwhile. The first 30 s are left out: first samples and first lines of all at once.
  (sleep 30; exec timeout -s INT "$LOAD_SECONDS" python3 "$HERE/usage.py" $own >"$work/measured") & measuring=$!
}
# lives_within — what was measured, held against the requests and, for the light profile, against 1,000Mi and 500m. CPU is lent: it is held against the sum.
lives_within() {
  wait "$measuring" || [ -s "$work/measured" ] || return 1
  jq '.containers as $all | . + {memory: ($all | map(.memory) | add), memoryMost: ($all | map(.memoryMost) | add), cpu: ($all | map(.cpu) | add)}' "$work/measured" >"$work/usage"
  note "$LOAD_PODS pods, each $LOAD_LINES lines a second and $LOAD_SERIES series, measured for $(jq '.seconds | round' "$work/usage") s: $(value 'sum(prometheus_tsdb_head_series)') series in Prometheus; $(jq -r '"all containers take \(.memory / 1048576 | ceil)Mi (at most \(.memoryMost / 1048576 | ceil)Mi) of \(.memoryRequest / 1048576)Mi, \(.cpu | ceil)m of \(.cpuRequest)m CPU"' "$work/usage")"
  local line
  while IFS= read -r line; do note "$line"; done < <(jq -r '.containers[] | "\(.name) takes \(.memory / 1048576 | ceil)Mi (at most \(.memoryMost / 1048576 | ceil)Mi) of \(.memoryRequest / 1048576)Mi, limit \(.memoryLimit / 1048576)Mi; \(.cpu | ceil)m of \(.cpuRequest)m"' "$work/usage")
  jq -r '(.containers[] | select(.memoryMost > .memoryRequest) | "\(.name) takes more memory than it requests"), (select(.cpu > .cpuRequest) | "all together take more CPU than they request"),
    (select(.memoryRequest > 1000 * 1048576 or .cpuRequest > 500) | "the requests are more than 1,000Mi and 500m")' "$work/usage" >"$work/beyond"
  none cat "$work/beyond"
}
