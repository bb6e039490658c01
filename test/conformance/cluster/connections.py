"""Holds the connections seen by the kernel against the NetworkPolicies of the cluster, which nothing enforces here.
Arguments: a file with what /proc/net/nf_conntrack said, any number of times, and one with what it said before the cluster was there.

Prints every connection of a pod that a policy would have cut, then every rule to or from pods that no connection used.
Ends with 1 if there was one of the former. Traffic of the node itself (probes) is always allowed, as with real plugins.
Pods of the namespace OUTSIDE stand for addresses outside the cluster.
"""
import ipaddress, json, re, subprocess, sys

OUTSIDE, OUTSIDE_ADDRESS = "object-store", "198.51.100.1"


def listed(kind):
    return json.loads(subprocess.check_output(["kubectl", "get", kind, "-A", "-o", "json"]))["items"]


namespaces = {n["metadata"]["name"]: n["metadata"]["labels"] for n in listed("namespaces")}
pods = {p["status"]["podIP"]: p for p in listed("pods") if p["status"].get("podIP") and not p["spec"].get("hostNetwork")}
policies = listed("networkpolicies")


def selects(selector, labels):
    operators = {"In": lambda e, v: v in e["values"], "NotIn": lambda e, v: v not in e["values"],
                 "Exists": lambda e, v: v is not None, "DoesNotExist": lambda e, v: v is None}
    return all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items()) and all(
        operators[e["operator"]](e, labels.get(e["key"])) for e in selector.get("matchExpressions", []))


def is_peer(peer, home, address):
    pod = pods.get(address)
    outside = pod is None or pod["metadata"]["namespace"] == OUTSIDE
    if "ipBlock" in peer:  # whether a block covers pods is up to the plugin: not relied on
        if not outside:
            return False
        ip, block = ipaddress.ip_address(address if pod is None else OUTSIDE_ADDRESS), peer["ipBlock"]
        return ip in ipaddress.ip_network(block["cidr"]) and not any(ip in ipaddress.ip_network(e) for e in block.get("except", []))
    if outside:
        return False
    namespace = pod["metadata"]["namespace"]
    there = selects(peer["namespaceSelector"], namespaces[namespace]) if "namespaceSelector" in peer else namespace == home
    return there and selects(peer.get("podSelector", {}), pod["metadata"].get("labels", {}))


def is_port(entry, protocol, port, target):
    if entry.get("protocol", "TCP") != protocol:
        return False
    wanted = entry.get("port")
    if isinstance(wanted, str):
        containers = target["spec"]["containers"] if target else []
        return any(p.get("name") == wanted and p["containerPort"] == port for c in containers for p in c.get("ports", []))
    return wanted is None or wanted <= port <= entry.get("endPort", wanted)


def rules(direction, pod):
    """Rules that apply to a pod: (policy, number, rule). None: no policy isolates it."""
    found = [p for p in policies if p["metadata"]["namespace"] == pod["metadata"]["namespace"]
             and direction in p["spec"]["policyTypes"] and selects(p["spec"]["podSelector"], pod["metadata"].get("labels", {}))]
    if not found:
        return None
    return [(p, i, r) for p in found for i, r in enumerate(p["spec"].get(direction.lower(), []))]


used, cut = set(), set()


def judge(direction, pod, peer, protocol, port, target):
    applicable = rules(direction, pod)
    if applicable is None:
        return True
    key, allowed = "to" if direction == "Egress" else "from", False
    for policy, number, rule in applicable:
        if (not rule.get(key) or any(is_peer(p, pod["metadata"]["namespace"], peer) for p in rule[key])) and (
                not rule.get("ports") or any(is_port(e, protocol, port, target) for e in rule["ports"])):
            used.add((policy["metadata"]["namespace"], policy["metadata"]["name"], direction, number))
            allowed = True
    return allowed


def name(address):
    pod = pods.get(address)
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" if pod else address


def entries(file):
    for line in open(file):
        ends = re.findall(r"src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)", line)
        if len(ends) == 2 and "[UNREPLIED]" not in line:
            yield line.split()[2].upper(), ends


before, seen = {ends[0] for _, ends in entries(sys.argv[2])}, set()
for protocol, ends in entries(sys.argv[1]):
    if ends[0] not in before:
        seen.add((protocol, ends[0][0], ends[1][0], int(ends[1][2])))  # what answers, behind the Service address
for protocol, source, target, port in sorted(seen):
    if source not in pods:
        continue
    edge = f"{name(source)} -> {name(target)} {protocol} {port}"
    leaves = judge("Egress", pods[source], target, protocol, port, pods.get(target))
    enters = target not in pods or judge("Ingress", pods[target], source, protocol, port, pods[target])
    if source != target and not (leaves and enters):  # a pod always reaches itself
        cut.add(f"cut by {'ingress' if leaves else 'egress'}: {edge}")
for line in sorted(cut):
    print(line)
for policy in policies:
    namespace, policy_name = policy["metadata"]["namespace"], policy["metadata"]["name"]
    for direction, key in (("Egress", "to"), ("Ingress", "from")):
        for number, rule in enumerate(policy["spec"].get(direction.lower(), [])):
            if (namespace, policy_name, direction, number) not in used:
                peers = [p.get("podSelector", {}).get("matchLabels", p.get("namespaceSelector", p)) for p in rule.get(key, [])]
                ports = [e.get("port") for e in rule.get("ports", [])]
                print(f"not used: {namespace}/{policy_name} {direction.lower()} {key} {json.dumps(peers)} ports {ports}")
print(f"{len(seen)} connections seen, {len(cut)} would be cut")
sys.exit(1 if cut else 0)
