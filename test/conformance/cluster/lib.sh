# Settings and functions of the scripts of this folder; sourced, never run.
# Every setting can be overridden from the environment; use the same values for every script.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${USER_NAMESPACE:=}"                   # whose it is; set by user-namespace
: "${CLUSTER_DIR:=/tmp/cluster${USER_NAMESPACE:+-$USER_NAMESPACE}}"   # all state lives here
: "${MONITORING_PROGRAMS:=$(cd "$HERE/../../.." && pwd)/.cache/programs}"   # made by ../programs/build
: "${CNI_BIN:=/usr/lib/cni}"              # bridge, host-local, loopback, portmap
: "${NODE_NAME:=node-1}"
: "${NODE_CIDR:=172.30.0.1/24}"           # node address, on its own bridge
: "${POD_CIDR:=10.244.0.0/24}" "${POD_GATEWAY:=10.244.0.1}"
: "${SERVICE_CIDR:=10.96.0.0/16}" "${API_SERVICE_IP:=10.96.0.1}" "${DNS_IP:=10.96.0.10}"
: "${CLUSTER_DOMAIN:=cluster.local}"
: "${NODE_CPUS:=16}"                      # CPUs the node *claims*; 0 = what the machine has (see README)
: "${NODE_LABELS:=topology.kubernetes.io/zone=zone-a,topology.kubernetes.io/region=region-1}"
: "${NODE_TAINTS:=}"                      # e.g. role=monitoring:NoSchedule, given at registration
: "${PV_MODE:=0755}"                      # mode of a new volume's root; 0755 root:root is what a fresh block volume has
: "${PAUSE_IMAGE:=registry.k8s.io/pause:3.10}"
: "${COREDNS_IMAGE:=registry.k8s.io/coredns/coredns:v1.12.4}"
APPLICATION=example.com/application:1     # what is watched: ../programs/application
NODE_IP=${NODE_CIDR%/*}
NODE_BRIDGE=kc-node POD_BRIDGE=kc-pods    # at most 15 characters
API_PORT=6443
FIXED_PLACES="/var/log/pods /var/log/containers /var/lib/kubelet /var/lib/cni /run/containerd"
PKI=$CLUSTER_DIR/pki RUN=$CLUSTER_DIR/run LOGS=$CLUSTER_DIR/log
CONTAINERD_SOCK=$CLUSTER_DIR/containerd/containerd.sock
export KUBECONFIG=$CLUSTER_DIR/admin.kubeconfig

say() { printf '%s %s\n' "$(date +%T)" "$*"; }
die() { echo "error: $*" >&2; exit 1; }
kubectl() { if [ -x "$MONITORING_PROGRAMS/kubectl" ]; then "$MONITORING_PROGRAMS/kubectl" "$@"; else command kubectl "$@"; fi; }
ctr() { command ctr -a "$CONTAINERD_SOCK" -n k8s.io "$@"; }

# A process is known by pid *and* start time, so that a reused pid is never taken for ours.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
alive() { local pid t; read -r pid t 2>/dev/null <"$RUN/$1.pid" && [ -n "$t" ] && [ "$(start_time "$pid")" = "$t" ]; }
pid_of() { cut -d' ' -f1 "$RUN/$1.pid"; }

# start NAME COMMAND... — run a daemon in its own session, output to log/NAME.log
start() {
  local name=$1; shift
  setsid nohup "$@" </dev/null >"$LOGS/$name.log" 2>&1 &
  echo "$! $(start_time $!)" >"$RUN/$name.pid"
}
# stop NAME [SECONDS] — TERM, then KILL what is left
stop() {
  alive "$1" || { rm -f "$RUN/$1.pid"; return 0; }
  local pid; pid=$(pid_of "$1"); kill "$pid" 2>/dev/null || true
  for _ in $(seq $((${2:-10} * 10))); do alive "$1" || break; sleep 0.1; done
  alive "$1" && kill -9 "$pid" 2>/dev/null && sleep 0.2
  rm -f "$RUN/$1.pid"
}
# in_node COMMAND... — run in the node's mount namespace (containerd's and the containers' view)
in_node() { nsenter -t "$(pid_of node)" -m -- "$@"; }
# wait_for SECONDS WHAT COMMAND... — poll until COMMAND succeeds
wait_for() {
  local limit=$1 what=$2 end=$((SECONDS + $1)); shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "$what not ready after $limit s (logs: $LOGS)"
    sleep 0.3
  done
}
