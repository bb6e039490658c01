# Sourced by run-stack and faults after lib.sh: results, what the manifests need, the cluster with the stack in it, questions to its components.
T0=$SECONDS T_START=$(date +%s) passed=0 failed=0 skipped=0 unproven=0
S3_ACCESS_KEY=test-access-key S3_SECRET_KEY=test-secret-key; export S3_ACCESS_KEY S3_SECRET_KEY
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
finish() { local code=$?; [ "${KEEP:-}" = 1 ] || KEEP= "$HERE/down" || code=1; rm -rf "$work"; exit "$code"; }

# --- results: PASS, FAIL, SKIP (cannot be had on this machine) or UNPROVEN (cannot be had anywhere here), one a line ---------------
exec 3>&1   # a note from inside a check is seen too
result() { echo "$1  $2" >&3; printf '%s\t%s\t%s\n' "$1" "${2//$'\n'/ }" "$((SECONDS - T0))" >>"$work/results"; }
pass() { result PASS "$*"; passed=$((passed + 1)); }
fail() { result FAIL "$*"; failed=$((failed + 1)); if [ -s "$work/out" ]; then tail -n 12 "$work/out" | cut -c1-400 | sed 's/^/      /'; fi; }
skip() { result SKIP "$*"; skipped=$((skipped + 1)); }
unproven() { result UNPROVEN "$*"; unproven=$((unproven + 1)); }
# A fact without judgement: a measured number, a declared overlay.
note() { result NOTE "$*"; }
# Results of another program: RESULT<tab>WHAT a line, further lines are detail of a failure.
counted() {
  local line what
  while IFS= read -r line; do
    what=${line#*$'\t'}; : >"$work/out"
    case $line in PASS$'\t'*) pass "$what" ;; FAIL$'\t'*) fail "$what" ;; UNPROVEN$'\t'*) unproven "$what" ;; NOTE$'\t'*) note "$what" ;; *) echo "      $line" ;; esac
  done
}
# totals — the last line; $RESULTS takes all of it as JSON with the counts under the names of vitest's report
totals() {
  echo "${USER_NAMESPACE:+in a user namespace: }$passed passed, $failed failed, $skipped skipped, $unproven unproven, $((SECONDS - T0)) s"
  [ -z "${RESULTS:-}" ] || jq -Rn --argjson p $passed --argjson f $failed --argjson s $skipped --argjson seconds $((SECONDS - T0)) --arg user "$USER_NAMESPACE" \
    '{userNamespace: ($user != ""), numPassedTests: $p, numFailedTests: $f, numPendingTests: $s, seconds: $seconds, results: [inputs | split("\t") | {result: .[0], what: .[1], at: (.[2] | tonumber)}]}' \
    <"$work/results" >"$RESULTS"
}
cannot() { skip "$*"; totals; exit 77; }
# check WHAT COMMAND... — the output of a failing command is shown
check() { local what=$1; shift; if "$@" >"$work/out" 2>&1; then pass "$what"; else fail "$what"; fi; connections; }
# eventually SECONDS COMMAND... — polls; the last output counts
eventually() { local end=$((SECONDS + $1)); shift; until "$@" >"$work/last" 2>&1; do connections; ((SECONDS < end)) || { cat "$work/last"; return 1; }; sleep 0.5; done; }
connections() { grep -v UNREPLIED /proc/net/nf_conntrack >>"$work/conntrack" 2>/dev/null || true; }
holds() { local value; value=$("${@:2}") && [ -n "$value" ] && jq -e "$1" <<<"$value" >/dev/null || { jq -c . <<<"$value" 2>/dev/null || echo "$value"; return 1; }; }
is() { local value; value=$("${@:2}"); [ "$value" = "$1" ] || { echo "expected $1"; echo "got      $value"; return 1; }; }
none() { local value; value=$("$@") || { echo "$value"; return 1; }; [ -z "$value" ] || { echo "$value"; return 1; }; }

# --- not root: the same in a user namespace, where that can be had ---------------------------------------------------------------
if [ "$(id -u)" != 0 ]; then
  "$HERE/user-namespace" true 2>"$work/out" || { [ $? = 77 ] || { cat "$work/out" >&2; exit 1; }; cannot "a cluster needs root or a user namespace: $(cat "$work/out")"; }
  rm -rf "$work"; exec env KEEP= "$HERE/user-namespace" "$0" "$@"
fi
[ -z "$USER_NAMESPACE" ] || note "in a user namespace: no control groups, so no limits are kept and no container is measured"

# --- what the manifests say, read once: a synth may be writing them anew meanwhile -------------------------------------------------------------------------------------------------
TYPESCRIPT="$HERE/../../../node_modules/.bin/tsx --tsconfig ${TSCONFIG:-$HERE/../../../tsconfig.json}"
copies=0; for file; do copies=$((copies + 1)); cp "$file" "$work/$copies.yaml"; done
# Only a Loki with object storage can keep lines there.
grep -qE '\bbucket(_name)?: ' "$work"/*.yaml && grep -qE 'image: .*/grafana/loki:' "$work"/*.yaml || RETENTION=
[ -z "${RETENTION:-}" ] || $TYPESCRIPT "$HERE/../running/loki-with-retention.ts" >"$work/retention.yaml" || die "loki-with-retention.ts"
# One Alertmanager has nobody to talk to: two stand beside a stack that has one.
[ -z "${PEERS:-}" ] || $TYPESCRIPT "$HERE/../running/alertmanager-peers.ts" >"$work/peers.yaml" || die "alertmanager-peers.ts"
set -- "$work"/*.yaml
NODE_PATH=$HERE/../../../node_modules node -e 'const { loadAll } = require("js-yaml"), { readFileSync } = require("fs");
  console.log(JSON.stringify(process.argv.slice(1).flatMap((f) => loadAll(readFileSync(f, "utf8"))).filter(Boolean)))' "$@" >"$work/objects.json"
ask() { jq -r "$1" "$work/objects.json"; }
TEMPLATES='.[] | select(.spec.template.spec.containers?) | .metadata.namespace as $namespace | .spec.template.spec'
namespaces=$(ask '[.[].metadata.namespace // empty] | unique[]')
own=$(ask "[$TEMPLATES | \$namespace] | unique[]")
applications=$(comm -23 <(sort <<<"$namespaces") <(printf '%s\nkube-system\n' "$own" | sort))
classes=$(ask '[.[].spec.volumeClaimTemplates[]?.spec.storageClassName // empty] | unique[]')
made=$(ask '[.[] | select(.kind == "Job") | .spec.template.spec.containers[].env[]? | select(.name == "SECRET_NAME").value] | unique[]')   # by the stack itself
secrets=$(ask "[$TEMPLATES | (.containers[].env[]?.valueFrom.secretKeyRef | select(.) | [\$namespace, .name, .key]),
  ([.volumes[]? | .secret, .projected.sources[]?.secret] | .[] | select(.) | (.secretName // .name) as \$name | .items[]? | [\$namespace, \$name, .key])] | unique[] | @tsv" | { [ -z "$made" ] && cat || grep -vwF "$made" || true; })
# Those of the stack under test: what stands beside it must not close the node to it.
taints=$(ask "[$TEMPLATES | select(\$namespace != \"retention\") | .tolerations[]? | select(.key and .value) | \"\(.key)=\(.value):\(.effect // \"NoSchedule\")\"] | unique[]")
labels=$(ask "[$TEMPLATES | .affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]?.matchExpressions[]?
  | select(.operator == \"In\" and (.key | startswith(\"kubernetes.io/\") | not)) | \"\(.key)=\(.values[0])\"] | unique[]")
configuration=$(ask '.[] | select(.kind == "ConfigMap") | .data[]?')
value_of() { sed -nE "s/^ *($1): *['\"]?([^'\"]+)['\"]? *\$/\2/p" <<<"$configuration" | sort -u; }
endpoint=$(value_of endpoint | sed '/^0\.0\.0\.0:/d' | head -1); region=$(value_of region | head -1); buckets=$(value_of 'bucket|bucket_name')
metric_prefix=$(sed -nE 's/^\s*prefix\s+= "(.+)"$/\1/p' <<<"$configuration" | head -1)

# --- cluster ------------------------------------------------------------------------------------------------------------------
for p in etcd kube-{apiserver,controller-manager,scheduler,proxy} kubelet coredns versitygw promtool thanos; do
  [ -x "$MONITORING_PROGRAMS/$p" ] || cannot "no $MONITORING_PROGRAMS/$p: run ../programs/build"
done
for p in containerd runc iptables ip jq curl cc kubectl python3; do command -v "$p" >/dev/null || cannot "$p is not installed (requirements.tsv)"; done
! ip link show "$NODE_BRIDGE" >/dev/null 2>&1 || die "another cluster is running"
trap finish EXIT
trap 'exit 130' INT TERM
cat /proc/net/nf_conntrack >"$work/conntrack-before" 2>/dev/null || true   # a cluster of a minute ago had the same addresses
# Starting a cluster is no claim of ours: once more, where the first try fails, and the reason is told.
if ! "$HERE/up" 2>&1 | tee "$work/up"; then
  note "the cluster did not start and was started again: $(grep -m1 '^error' "$work/up" || echo "see above")"
  "$HERE/down" && "$HERE/up"
fi
for path in $(ask "[$TEMPLATES | .volumes[]?.hostPath | select(.type == \"DirectoryOrCreate\").path] | unique[]"); do
  [ -d "$path" ] || echo "$path" >>"$RUN/places.made"
done
[ -z "$endpoint" ] || "$HERE/object-store" "$endpoint" "${region:-us-east-1}" $buckets
"$HERE/build-images" docker.io/library/busybox:1.35.0 "$APPLICATION" >/dev/null
check "every image has a program" "$HERE/build-images" --retag "$@"
[ ! -s "$work/out" ] || grep -E '^tagged' "$work/out" | sed 's/^/      /' || true
stand_ins=$(sed -nE 's/^tagged +(\S+) = .*:stand-in$/\1/p' "$work/out")
for n in $namespaces; do kubectl create namespace "$n" --dry-run=client -o yaml | kubectl apply --server-side -f - >/dev/null; done
while IFS=$'\t' read -r n secret key; do
  [ -n "$key" ] || continue
  case $key in *access*) value=$S3_ACCESS_KEY ;; *secret-key | *secret_key) value=$S3_SECRET_KEY ;; *) value=test ;; esac
  kubectl -n "$n" create secret generic "$secret" --dry-run=client -o yaml | kubectl apply --server-side --field-manager=run-stack -f - >/dev/null
  kubectl -n "$n" patch secret "$secret" -p "{\"stringData\":{\"$key\":\"$value\"}}" >/dev/null
done <<<"$secrets"
for class in $classes; do
  [ "$class" = standard ] || kubectl get storageclass standard -o json | jq --arg n "$class" '.metadata = {name: $n}' | kubectl apply -f - >/dev/null
done
for l in $labels; do kubectl label node "$NODE_NAME" "$l" --overwrite >/dev/null; done
for t in $taints; do kubectl taint node "$NODE_NAME" "$t" --overwrite >/dev/null; done
. "$HERE/prerequisites.sh"
. "$HERE/operator.sh"
. "$HERE/elastic.sh"

# --- applied, Ready -----------------------------------------------------------------------------------------------------------
files=(); for f in "$@"; do files+=(-f "$f"); done
apply() { kubectl apply --server-side --validate=strict "${files[@]}"; }
check "server-side apply takes every object" apply
grep -i warning "$work/out" >"$work/warnings" || true
check "apply gives no warning (PodSecurity, deprecations)" none cat "$work/warnings"
versions() { kubectl get -f "$1" -o json | jq -r '.items[] | "\(.kind)/\(.metadata.name) \(.metadata.generation // .metadata.resourceVersion)"'; }
settled() { for f in "${files[@]:1:1}"; do versions "$f"; done; }

in_own() { local n; for n in $own; do kubectl -n "$n" "$@"; done; }
not_ready() { in_own get pods -o json | jq -r '.items[] | select(.status.phase != "Succeeded") | select(.metadata.deletionTimestamp or ((.status.conditions // []) | any(.type == "Ready" and .status == "True") | not)) | "\(.metadata.name) \(.status.phase) \([.status.containerStatuses[]? | .state | tojson] | join(" "))"'; }
rolled_out() { [ -z "$operated" ] || not_operated; in_own get deployments,statefulsets,daemonsets -o json | jq -r '.items[] | select((.status.readyReplicas // .status.numberReady // 0) < (.spec.replicas // .status.desiredNumberScheduled // 1)) | "\(.kind) \(.metadata.name) \(.status)"'; none not_ready; }
ready() { none rolled_out; }
check "all pods are Ready" eventually 180 ready; all_ready=$(date -u -d '2 seconds' +%FT%T)
if [ "$failed" != 0 ]; then totals; echo "nothing more to see in a stack that is not Ready"; exit 1; fi

# --- addresses: the node reaches pods and Services directly ----------------------------------------------------------------------
# Another stack may run beside the one under test (loki-with-retention.ts).
of() { echo "app.kubernetes.io/name=$1,app.kubernetes.io/component=$2,app.kubernetes.io/instance!=retention"; }
find_one() { kubectl get "$1" -A -l "$(of "$2" "$3")" -o json | jq -r ".items | map($4) | .[0] // empty"; }
pod_ip() { find_one pods "$1" "$2" .status.podIP; }
service() { find_one services "$1" "$2" 'select(.spec.clusterIP != "None")' | jq -r '"\(.spec.clusterIP):\(.spec.ports[0].port)"'; }
get() { curl -sSf -m 10 ${login:+-u "$login"} -G "$@"; }
targets() { get "http://$prometheus/api/v1/targets" | jq -c '[.data.activeTargets[] | {job: .labels.job, health, lastError}]'; }
query() { get "http://$prometheus/api/v1/query" --data-urlencode "query=$1"; }
value() { query "$1" | jq -r '.data.result[0].value[1] // "nothing"'; }
logs() { get "http://$loki/loki/api/v1/query" --data-urlencode "query=$1"; }
log_value() { logs "$1" | jq -r '.data.result[0].value[1] // "nothing"'; }
metrics() { get "http://$1/metrics"; }
metric_is() { metrics "$1" | grep -E "^$2" | awk -v n="$3" '{ sum += $NF } END { exit !(sum >= n) }'; }
addresses() {
  prometheus=$(pod_ip prometheus prometheus):9090 query=$(service thanos query) loki=$(service loki gateway)
  [ -n "$loki" ] || loki=$(service loki loki)
}
addresses

down_targets() { targets | jq -c '.[] | select(.health != "up")'; }
