"""Measures what the containers of a stack take, once a second until TERM or INT, from their control groups (version 1 or 2).
Arguments: the namespaces of the stack; its pods as they are when this starts.

Prints JSON: for each container its requests and limit, CPU in thousandths on average, working set (what the kubelet counts: all
but file pages that were not used lately) on average and at most; of all together the same. Bytes and thousandths of a CPU.
"""
import json, os, re, signal, subprocess, sys, time

V1 = os.path.isdir("/sys/fs/cgroup/memory")
NUMBER = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "m": 1e-3}


def quantity(text):
    value, unit = re.fullmatch(r"([0-9.]+)(\w*)", text or "0").groups()
    return float(value) * NUMBER[unit]


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def groups(kind):
    """Control group of each container, by the container's id."""
    root = f"/sys/fs/cgroup/{kind}" if V1 else "/sys/fs/cgroup"
    return {m.group(): d for d, _, _ in os.walk(root) if (m := re.search(r"[0-9a-f]{64}(?=(\.scope)?$)", d))}


def working_set(group):
    stat = dict(line.split() for line in read(group, "memory.stat").splitlines())
    usage = read(group, "memory.usage_in_bytes" if V1 else "memory.current")
    return max(0, int(usage) - int(stat["total_inactive_file" if V1 else "inactive_file"]))


def cpu_seconds(group):
    return int(read(group, "cpuacct.usage")) / 1e9 if V1 else int(re.search(r"usage_usec (\d+)", read(group, "cpu.stat"))[1]) / 1e6


stopped = []
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: stopped.append(True))
memory, cpu, containers = groups("memory"), groups("cpuacct"), []
for namespace in sys.argv[1:]:
    for pod in json.loads(subprocess.check_output(["kubectl", "-n", namespace, "get", "pods", "-o", "json"]))["items"]:
        resources = {c["name"]: c.get("resources", {}) for c in pod["spec"]["containers"]}
        for status in pod["status"].get("containerStatuses", []):
            if "running" in status["state"]:
                asked = resources[status["name"]]
                containers.append({"name": f"{pod['metadata'].get('generateName', pod['metadata']['name']).rstrip('-')}/{status['name']}",
                                   "id": status["containerID"].rsplit("/", 1)[1], "sets": [],
                                   "memoryRequest": quantity(asked.get("requests", {}).get("memory")), "memoryLimit": quantity(asked.get("limits", {}).get("memory")),
                                   "cpuRequest": 1000 * quantity(asked.get("requests", {}).get("cpu"))})
for container in containers:
    container["began"] = cpu_seconds(cpu[container["id"]])
started, sums = time.monotonic(), []
while not stopped:
    for container in containers:
        container["sets"].append(working_set(memory[container["id"]]))
    sums.append(sum(container["sets"][-1] for container in containers))
    time.sleep(1)
seconds = time.monotonic() - started
for container in containers:
    sets = container.pop("sets")
    container["cpu"] = 1000 * (cpu_seconds(cpu[container["id"]]) - container.pop("began")) / seconds
    container["memory"], container["memoryMost"] = sum(sets) / len(sets), max(sets)
    del container["id"]
print(json.dumps({"seconds": seconds, "cpu": sum(c["cpu"] for c in containers), "memory": sum(sums) / len(sums), "memoryMost": max(sums),
                  "cpuRequest": sum(c["cpuRequest"] for c in containers), "memoryRequest": sum(c["memoryRequest"] for c in containers), "containers": containers}))
