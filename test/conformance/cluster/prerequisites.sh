# Sourced by stack.sh: what the manifests ask for and others bring along in a real cluster: definitions, the Secrets that an operator would
# write with a content that works, ConfigMaps and volumes of others.
RECEIVER=$CLUSTER_DIR/alert-receiver   # what came to the address in Secrets with a URL
for group in $(ask '[.[] | (.apiVersion | split("/")[0]), .rules[]?.apiGroups[]? | select(contains("."))] | unique[]'); do
  for definition in "$HERE/../../../imports/crds/${group}"_*.yaml; do
    [ ! -e "$definition" ] || kubectl apply --server-side -f "$definition" >/dev/null
  done
done
kubectl wait --for=condition=Established crd --all --timeout=30s >/dev/null 2>&1 || true

# Passwords are "test", as in stack.sh; programs that ask for them know the users by whom the stack's own programs log in.
users=$(value_of 'username|basicAuthUser') login=
web_config() {
  local user; echo basic_auth_users:
  for user in $users; do echo "  $user: $(perl -e 'print crypt("test", q($2b$04$abcdefghijklmnopqrstuu))')"; done
}
while IFS=$'\t' read -r n secret key; do
  value=
  case $key in
    web.yml) value=$(web_config) login=$(head -1 <<<"$users"):test ;;
    *url*) value=http://alert-receiver.default.svc.$CLUSTER_DOMAIN:443/$key ;;   # the node, by a name, where policies let Alertmanager go
  esac
  [ -z "$value" ] || kubectl -n "$n" patch secret "$secret" -p "$(jq -n --arg k "$key" --arg v "$value" '{stringData: {($k): $v}}')" >/dev/null
done <<<"$secrets"
if grep -q url <<<"$secrets"; then
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: {name: alert-receiver, namespace: default}
spec: {clusterIP: None, ports: [{port: 443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: alert-receiver, namespace: default, labels: {kubernetes.io/service-name: alert-receiver}}
addressType: IPv4
endpoints: [{addresses: [$NODE_IP]}]
ports: [{port: 443}]
YAML
  start alert-receiver python3 -c 'import http.server, sys
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open(sys.argv[2], "ab") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
http.server.ThreadingHTTPServer((sys.argv[1], 443), Receiver).serve_forever()' "$NODE_IP" "$RECEIVER"
fi

# ConfigMaps that no manifest makes: with a rule that fires at once, for those who read rules.
ours=$(ask '.[] | select(.kind == "ConfigMap") | "\(.metadata.namespace)/\(.metadata.name)"')
for place in $(ask "[$TEMPLATES | .volumes[]? | (.configMap, .projected.sources[]?.configMap) | select(.name?) | \"\(\$namespace)/\(.name)\"] | unique[]"); do
  grep -qx "$place" <<<"$ours" || kubectl -n "${place%/*}" create configmap "${place#*/}" --from-literal=application.yaml='{"groups": [{"name": "application", "rules": [
    {"alert": "ApplicationRuleFires", "expr": "vector(1)", "labels": {"severity": "warning"}, "annotations": {"summary": "A rule of an application", "runbook_url": "https://runbooks.example.com/ApplicationRuleFires"}}]}]}' >/dev/null
done

# Volumes that are there already, reserved for the claims as the prerequisites say.
while IFS=$'\t' read -r n claim name class size; do
  [ -n "$name" ] || continue
  mkdir -m "$PV_MODE" -p "$CLUSTER_DIR/volumes/$name"
  jq -n --arg n "$n" --arg claim "$claim" --arg name "$name" --arg class "$class" --arg size "$size" --arg path "$CLUSTER_DIR/volumes/$name" --arg node "$NODE_NAME" '{
    apiVersion: "v1", kind: "PersistentVolume", metadata: {name: $name},
    spec: {capacity: {storage: $size}, accessModes: ["ReadWriteOnce"], persistentVolumeReclaimPolicy: "Retain", storageClassName: $class, local: {path: $path},
      claimRef: {namespace: $n, name: $claim}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: "kubernetes.io/hostname", operator: "In", values: [$node]}]}]}}}}' |
    kubectl apply -f - >/dev/null
done < <(ask '.[] | select(.spec.volumeClaimTemplates?) | .metadata as $of | .spec.volumeClaimTemplates[] | select(.spec.volumeName)
  | [$of.namespace, "\(.metadata.name)-\($of.name)-0", .spec.volumeName, .spec.storageClassName // "", .spec.resources.requests.storage] | @tsv')
