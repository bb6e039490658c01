# Sourced by stack.sh: where the manifests have objects of the Prometheus Operator, a real one runs, as a process of the node; it is no part of the stack.
RELOADER=quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0 OPERATOR=$NODE_IP:8099
operated=$(ask '.[] | select(.apiVersion == "monitoring.coreos.com/v1" and (.kind == "Prometheus" or .kind == "Alertmanager")) | "\(.kind | ascii_downcase) -n \(.metadata.namespace) \(.metadata.name)"')
# In the namespace of an application whose team writes a monitor and a rule of its own, with the label that the stack asks for.
team=$(ask '[.[] | select(.kind == "Prometheus") | .spec.podMonitorNamespaceSelector.matchExpressions[0].values[-1]] | first // empty')
if [ -n "$operated" ]; then
  [ -x "$MONITORING_PROGRAMS/prometheus-operator" ] || cannot "no $MONITORING_PROGRAMS/prometheus-operator: run ../programs/build"
  "$MONITORING_PROGRAMS/prometheus-operator" full-crds | kubectl apply --server-side --force-conflicts -f - >/dev/null
  kubectl wait --for=condition=Established crd --all --timeout=30s >/dev/null
  "$HERE/build-images" "$RELOADER" >/dev/null
  start prometheus-operator "$MONITORING_PROGRAMS/prometheus-operator" --web.listen-address="$OPERATOR" --web.enable-tls=false \
    --prometheus-config-reloader="$RELOADER" --watch-referenced-objects-in-all-namespaces=true --disable-unmanaged-prometheus-configuration=true
  ask '[.[] | select(.kind == "Prometheus")][0].spec.podMonitorSelector.matchLabels' | jq --arg n "$team" '. as $labels | {apiVersion: "v1", kind: "List", items: [
    {apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata: {name: "team", namespace: $n, labels: $labels}, spec: {selector: {matchLabels: {app: "myapp"}},
      podMetricsEndpoints: [{path: "/metrics.txt", relabelings: [{sourceLabels: ["__meta_kubernetes_pod_ip"], targetLabel: "__address__", replacement: "$1:8080"}]}]}},
    {apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata: {name: "team", namespace: $n, labels: $labels}, spec: {groups: [{name: "team", rules: [
      {alert: "TeamRuleFires", expr: "vector(1)", labels: {severity: "critical"}, annotations: {description: "A rule of a team"}}]}]}}]}' | kubectl apply --server-side -f - >/dev/null
fi
not_operated() {
  local object
  while read -r object; do
    kubectl get $object -o json | jq -r '[.status.conditions[]? | select(.type == "Available" or .type == "Reconciled")] as $said
      | select(([$said[].status] != ["True", "True"])) | "\(.kind) \(.metadata.name): \($said | map("\(.type) \(.status) \(.message // "")") | join(", "))"'
  done <<<"$operated"
}
managed() { metrics "$OPERATOR" | awk -v kind="resource=\"$1\"" -v state="state=\"$2\"" '/^prometheus_operator_managed_resources/ && index($0, kind) && index($0, state) { sum += $NF } END { print sum + 0 }'; }
refused() { local kind; for kind in PodMonitor ServiceMonitor Probe PrometheusRule ScrapeConfig AlertmanagerConfig; do [ "$(managed $kind rejected)" = 0 ] || echo "$kind: $(managed $kind rejected)"; done; }
operator_errors() { grep -E 'level=error|skipping object' "$LOGS/prometheus-operator.log" || true; }
operator_checks() {
  [ -n "$operated" ] || return 0
  local kind
  for kind in PodMonitor PrometheusRule; do
    check "the operator has taken each $kind of the stack, and the team's" is "$(($(ask "[.[] | select(.kind == \"$kind\")] | length") + 1))" managed $kind selected
  done
  check "the operator has refused nothing" none refused
  check "the operator logs no error" none operator_errors
  check "every rule was evaluated without an error" eventually 150 none bad_rules
  check "an alert of the team's rule comes to the address in the Secret, as the route for its severity says" eventually 180 delivered TeamRuleFires 'CRITICAL: TeamRuleFires' 'A rule of a team'
}
