# Sourced by run-stack: what manifests promise to those who use the cluster: its metrics API, ports of the nodes, Secrets made in the
# cluster, monitors of any namespace. Each only where the manifests have it.

# --- the metrics API, through the API server's aggregation layer ----------------------------------------------------------------------
top_nodes() { kubectl top nodes && kubectl top nodes --no-headers | awk -v n="$NODE_NAME" '$1 == n && $2 + 0 > 0 && $4 + 0 > 0 { found = 1 } END { exit !found }'; }
top_pods() { kubectl top pods -n kube-system && kubectl top pods -n kube-system --no-headers | awk '$1 ~ /^coredns-/ && $3 + 0 > 0 { found = 1 } END { exit !found }'; }
autoscaler_sees() { kubectl -n "$namespace" get hpa $APP -o json | jq -e '.status.currentMetrics[0].resource.current.averageUtilization >= 0' || { kubectl -n "$namespace" get hpa $APP -o json | jq -c .status; return 1; }; }
metrics_api() {
  [ -z "$USER_NAMESPACE" ] || { unproven "the metrics API: a user namespace has no control groups"; return 0; }
  check "kubectl top nodes answers" eventually 90 top_nodes
  check "kubectl top pods -n kube-system answers" eventually 60 top_pods
  kubectl apply -f - >/dev/null <<YAML
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: $APP, namespace: $namespace}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: $APP}
  minReplicas: 1
  maxReplicas: 1   # a second pod would write its lines again
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
YAML
  check "an autoscaler sees the CPU of its pods" eventually 120 autoscaler_sees
}

# --- ports of the nodes ---------------------------------------------------------------------------------------------------------------
node_ports() {
  local n name port
  while IFS=$'\t' read -r n name port; do
    [ -z "$port" ] || check "$n/$name answers at port $port of the node" eventually 30 curl -sSf -m 5 -o /dev/null "http://$NODE_IP:$port/"
  done < <(ask '.[] | select(.kind == "Service") | .metadata as $of | .spec.ports[]? | select(.nodePort) | [$of.namespace, $of.name, .nodePort] | @tsv')
}

# --- Secrets that a Job makes ---------------------------------------------------------------------------------------------------------
secret_is_made() {
  local value; value=$(kubectl -n "$1" get secret "$2" -o json | jq -r '.data["admin-password"] // (.data | to_entries[0].value) | @base64d')
  [ "${#value}" -ge 24 ] && ! grep -qF -- "$value" "$work/objects.json"
}
made_secrets() {
  local n name
  while IFS=$'\t' read -r n name; do
    [ -z "$name" ] || check "the Secret $n/$name is made in the cluster, and in no manifest" eventually 60 secret_is_made "$n" "$name"
  done < <(ask '.[] | select(.kind == "Job") | .metadata.namespace as $n | .spec.template.spec.containers[].env[]? | select(.name == "SECRET_NAME") | [$n, .value] | @tsv')
}

# --- monitors of a namespace that the stack does not know -----------------------------------------------------------------------------
monitors() {
  kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: Namespace
metadata: {name: monitored}
---
apiVersion: v1
kind: Pod
metadata: {name: flask, namespace: monitored, labels: {app: flask}}
spec:
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 1
  containers:
  - name: app
    image: docker.io/library/busybox:1.35.0
    command: [sh, -c, 'mkdir /tmp/www; printf "# TYPE monitored_total counter\nmonitored_total 42\n" >/tmp/www/metrics.txt; exec httpd -f -p 8080 -h /tmp/www']
    ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: flask, namespace: monitored, labels: {app: flask}}
spec: {selector: {app: flask}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: flask, namespace: monitored, labels: {release: prometheus}}
spec:
  selector: {matchLabels: {app: flask}}
  endpoints: [{port: http, path: /metrics.txt, interval: 15s}]
YAML
  check "a ServiceMonitor of another namespace is honoured: its series are in Prometheus" eventually 90 is 42 value 'monitored_total{namespace="monitored"}'
}

# --- the port-forwards of the page that describes the example, from ports that are free here ------------------------------------------
forwarded() {
  local pid port=
  "$(PATH=$MONITORING_PROGRAMS:$PATH type -P kubectl)" port-forward "$@" >"$work/forward" 2>&1 & pid=$!
  local end=$((SECONDS + 15))
  while [ -z "$port" ] && ((SECONDS < end)); do
    port=$(sed -nE 's/^Forwarding from 127\.0\.0\.1:([0-9]+) .*/\1/p' "$work/forward" | head -n 1); sleep 0.2
  done
  local code=0
  [ -n "$port" ] && curl -sS -m 5 -o /dev/null "http://127.0.0.1:$port/" || code=1
  kill "$pid"; wait "$pid" 2>/dev/null || true
  [ "$code" = 0 ] || cat "$work/forward"; return "$code"
}
port_forwards() {
  local page line
  page=$(grep -lF "dist/$(basename "$(dirname "$STACK")")/$(basename "$STACK")" "$HERE"/../../../docs/*.md | grep -v '/proof\.md$' | xargs -r grep -l "kubectl port-forward " | head -1) || true   # the proof tells of all examples
  [ -n "$page" ] || return 0
  while IFS= read -r line; do
    # Once more where the kubelet is busy starting pods.
    check "answers: kubectl port-forward $line" eventually 60 forwarded $(sed -E 's/ [0-9]+:/ :/; s/--address [0-9.]+//' <<<"$line")
  done < <(sed -nE 's/.*kubectl port-forward ([^#`]*[^#` ]).*/\1/p' "$page")
}

promises() {
  [ -z "$(ask '.[] | select(.kind == "APIService" and .metadata.name == "v1beta1.metrics.k8s.io").kind')" ] || metrics_api
  node_ports
  port_forwards
  made_secrets
  [ -z "$(ask '.[] | select(.kind == "ClusterRole") | select([.rules[]?.resources[]?] | index("servicemonitors")) | .kind')" ] || [ "$prometheus" = :9090 ] || monitors
}
