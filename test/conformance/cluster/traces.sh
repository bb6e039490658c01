# Sourced by run-stack: spans that a pod sends to where the stack receives them are found in the storage of traces. Nothing happens in a stack that receives none.
collector=$(ask '[.[] | select(.kind == "Service" and .metadata.labels["app.kubernetes.io/name"] == "alloy" and any(.spec.ports[]?; .name == "otlp-http" and .port == 4318)
  and (.metadata.name | endswith("-traces")))] | first | values | "\(.metadata.name).\(.metadata.namespace).svc"')
zipkin=$(ask '[.[] | select(.kind == "Service" and .metadata.labels["app.kubernetes.io/name"] == "alloy") | .spec.ports[]? | select(.port == 9411)] | first | values | .port')
sent_at=$T_START OTLP_TRACE=af7651916cd43dd8448eb211c80319c0 ZIPKIN_TRACE=5b8aa5a2d2c872e8321cf37308d69df2
otlp_span() {
  jq -cn --arg id $OTLP_TRACE --arg at "$sent_at" '{resourceSpans: [{resource: {attributes: [{key: "service.name", value: {stringValue: "checkout"}}]}, scopeSpans: [{spans: [
    {traceId: $id, spanId: "b7ad6b7169203331", name: "POST /orders", kind: 2, startTimeUnixNano: "\($at)000000000", endTimeUnixNano: "\($at)250000000"}]}]}]}'
}
zipkin_span() {
  jq -cn --arg id $ZIPKIN_TRACE --arg at "$sent_at" '[{traceId: $id, id: "352bff9a74ca9ad2", name: "get /cart", kind: "SERVER", timestamp: ("\($at)000000" | tonumber), duration: 120000, localEndpoint: {serviceName: "cart"}}]'
}
# As an application would: from its pod's network, by the Service's name.
sends() {
  local id pid
  id=$(kubectl -n "$senders" get pod sender -o json | jq -r '.status.containerStatuses[0].containerID'); pid=$(ctr tasks ls | awk -v id="${id##*/}" '$1 == id { print $2 }')
  cat "/proc/$pid/root/etc/resolv.conf" >"$work/resolv-sender.conf"
  nsenter -t "$pid" -n unshare --mount --propagation private sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$work/resolv-sender.conf" \
    curl -sSf -m 5 -H 'Content-Type: application/json' --data-binary "$1" "http://$collector:$2"
}
storage_of_traces() {
  jaeger=$(service jaeger jaeger) tempo=$(service tempo tempo)
}
# What a trace says of itself: service and namespace of its spans, each once.
trace_says() {
  if [ -n "$jaeger" ]; then
    get "http://$jaeger/api/traces/$1" | jq -r '[.data[].processes[] | .serviceName, (.tags[] | select(.key == "k8s.namespace.name" or .key == "k8s.pod.name").value)] | unique | join(" ")'
  else
    get "http://$tempo/api/traces/$1" | jq -r '[.batches[].resource.attributes[] | select(.key | IN("service.name", "k8s.namespace.name", "k8s.pod.name")).value.stringValue] | unique | join(" ")'
  fi
}
traces_of() {
  if [ -n "$jaeger" ]; then
    get "http://$jaeger/api/traces" --data-urlencode "service=$1" --data-urlencode lookback=1h | jq -r '[.data[].traceID] | unique | join(" ")'
  else
    get "http://$tempo/api/search" --data-urlencode "q={ resource.service.name = \"$1\" }" | jq -r '[.traces[].traceID] | unique | join(" ")'
  fi
}
traces() {
  [ -n "$collector" ] || return 0
  storage_of_traces
  senders=$(ask '[.[] | select(.kind == "NetworkPolicy") | .spec.ingress[]? | select(any(.ports[]?; .port == 4318)) | .from[]?.namespaceSelector.matchLabels["kubernetes.io/metadata.name"] | values] | first // empty')
  : "${senders:=default}"
  kubectl get namespace "$senders" >/dev/null 2>&1 || kubectl create namespace "$senders" >/dev/null
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: {name: sender, namespace: $senders}
spec:
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 1
  containers: [{name: sender, image: "docker.io/library/busybox:1.35.0", command: [sleep, "3600"]}]
YAML
  kubectl -n "$senders" wait --for=condition=Ready pod/sender --timeout=60s >/dev/null
  sent_at=$(date +%s)
  check "a span over OTLP is taken at http://$collector:4318/v1/traces" sends "$(otlp_span)" 4318/v1/traces
  check "it is found by id within 15 s, and says of which namespace and pod it is" eventually 15 is "checkout sender $senders" trace_says $OTLP_TRACE
  note "the span was found $(($(date +%s) - sent_at)) s after it was sent"
  check "it is found by its service" eventually 60 is $OTLP_TRACE traces_of checkout
  [ -n "$zipkin" ] || return 0
  sent_at=$(date +%s)
  check "a span over Zipkin's API is taken at http://$collector:$zipkin/api/v2/spans" sends "$(zipkin_span)" "$zipkin/api/v2/spans"
  check "it is found by id within 15 s, and says of which namespace and pod it is" eventually 15 is "cart sender $senders" trace_says $ZIPKIN_TRACE
  check "it is found by its service" eventually 60 is $ZIPKIN_TRACE traces_of cart
}
traces_after_restart() {
  [ -n "$collector" ] || return 0
  storage_of_traces
  check "the span is still found by id" eventually 60 is "checkout sender $senders" trace_says $OTLP_TRACE
  check "and by its service" eventually 60 is $OTLP_TRACE traces_of checkout
}
