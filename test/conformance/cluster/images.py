"""Builds single-layer images from images.tsv and imports them (see build-images). Output is deterministic."""
import hashlib, io, itertools, json, os, re, stat, subprocess, sys, tarfile, tempfile

HERE, BIN, DIR = (os.environ[k] for k in ("HERE", "MONITORING_PROGRAMS", "CLUSTER_DIR"))
CTR = ["ctr", "-a", os.environ["CONTAINERD_SOCK"], "-n", "k8s.io", "images"]
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
EXTRA_CA = f"{DIR}/pki/outside-ca.crt"  # made by object-store; images trust it where it exists
BUSYBOX = "/bin/busybox"  # Debian's busybox-static
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def table():
    for line in itertools.chain(*(open(f) for f in (f"{HERE}/images.tsv", os.environ.get("EXTRA_IMAGES")) if f)):
        if line.strip() and not line.startswith("#"):
            refs, files, entrypoint, cmd, user, workdir, directories, accounts, options = line.rstrip("\n").split("\t")
            words = lambda cell: [] if cell == "-" else cell.split()
            yield {"refs": refs.split(","), "files": [f.split("=", 1) for f in words(files)], "entrypoint": json.loads(entrypoint),
                   "cmd": json.loads(cmd), "user": user, "workdir": workdir, "directories": [d.split(":") for d in words(directories)],
                   "accounts": [a.split(":") for a in words(accounts)], "options": words(options)}


def locate(source):
    if source.startswith("./"):
        return f"{HERE}/images/{source[2:]}"
    if "/" in source:
        return source
    return f"{DIR}/config/{source}" if source.endswith(".static") else f"{BIN}/{source}"


def libraries(program):
    """Shared libraries of a program as ldd names them, the loader included."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"(?:=> |^\s*)(/\S+)", listed, re.M)))


def layer(row, out):
    tar = tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT)
    seen = set()

    def add(path, kind, mode, uid=0, gid=0, data=None, size=0, link=""):
        path = path.strip("/")
        if not path or path in seen:
            return
        parent = os.path.dirname(path)
        add(parent, tarfile.DIRTYPE, 0o755)
        seen.add(path)
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.uid, info.gid, info.size, info.linkname = kind, mode, uid, gid, size, link
        tar.addfile(info, data)

    def text(path, content):
        add(path, tarfile.REGTYPE, 0o644, data=io.BytesIO(content.encode()), size=len(content.encode()))

    def copy(source, path):
        if os.path.isdir(source):
            for name in sorted(os.listdir(source)):
                copy(f"{source}/{name}", f"{path}/{name}")
            return
        with open(source, "rb") as data:
            runs = os.access(source, os.X_OK) or source.endswith(".sh")
            add(path, tarfile.REGTYPE, 0o755 if runs else 0o644, data=data, size=os.stat(source).st_size)

    for path, uid, gid, mode in row["directories"]:
        add(path, tarfile.DIRTYPE, int(mode, 8), int(uid), int(gid))
    for source, path in row["files"]:
        copy(locate(source), path)
        if "ldd" in row["options"]:
            for library in libraries(locate(source)):
                copy(library, library)
    if "bare" not in row["options"]:
        add("/tmp", tarfile.DIRTYPE, 0o1777)
        accounts = [("root", 0, 0), *row["accounts"], ("nobody", 65534, 65534)]
        text("/etc/passwd", "".join(f"{n}:x:{u}:{g}::/:/bin/sh\n" for n, u, g in accounts))
        text("/etc/group", "".join(f"{n}:x:{g}:\n" for n, _, g in accounts if n == "root" or str(g) != "0"))
        text("/etc/nsswitch.conf", "hosts: files dns\n")
        text(CERTIFICATES, "".join(open(f).read() for f in (CERTIFICATES, EXTRA_CA) if os.path.exists(f)))
    if "busybox" in row["options"]:
        copy(BUSYBOX, "/bin/busybox")
        for applet in subprocess.check_output([BUSYBOX, "--list"], text=True).split():
            add(f"/bin/{applet}", tarfile.SYMTYPE, 0o777, link="busybox")
    tar.close()


def build(row):
    """Write a docker archive and hand it to containerd."""
    with tempfile.TemporaryFile() as content, tempfile.TemporaryFile() as archive:
        layer(row, content)
        content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        environment = [PATH] + [o[4:] for o in row["options"] if o.startswith("env=")]
        config = {"architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z",
                  "config": {"Entrypoint": row["entrypoint"] or None, "Cmd": row["cmd"] or None, "User": row["user"],
                             "WorkingDir": row["workdir"], "Env": environment},
                  "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]}, "history": [{"created_by": "build-images"}]}
        manifest = [{"Config": "config.json", "RepoTags": row["refs"], "Layers": [digest + ".tar"]}]
        tar = tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT)
        for name, value in (("config.json", config), ("manifest.json", manifest)):
            data = json.dumps(value).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        info = tarfile.TarInfo(digest + ".tar")
        info.size = content.tell()
        content.seek(0)
        tar.addfile(info, content)
        tar.close()
        archive.seek(0)
        subprocess.run([*CTR, "import", "-"], stdin=archive, check=True, stdout=subprocess.DEVNULL)
        return info.size


def absent(row):
    return [p for p in (locate(s) for s, _ in row["files"]) if not os.path.exists(p)]


def present():
    return set(subprocess.check_output([*CTR, "ls", "-q"], text=True).split())


def normal(ref):
    """The name containerd looks up: with registry; a digest replaces the tag."""
    first = ref.split("/")[0]
    if "/" not in ref:
        ref = "docker.io/library/" + ref
    elif "." not in first and ":" not in first and first != "localhost":
        ref = "docker.io/" + ref
    name, _, digest = ref.partition("@")
    bare = re.sub(r":[^/:]+$", "", name)
    return (bare, f"{bare}@{digest}") if digest else (bare, name if name != bare else name + ":latest")


def retag(files):
    wanted = sorted({m for f in files for m in re.findall(r"""(?:^|[\s{,])["']?image["']?:\s*["']?([^\s"'#,{}\[\]]+)""",
                                                         (sys.stdin if f == "-" else open(f)).read(), re.M)})
    have, rows, missing = present(), list(table()), 0
    repositories = {normal(ref)[0]: row for row in rows for ref in row["refs"]}
    last = {name.rsplit("/", 1)[1]: row for name, row in repositories.items()}
    for ref in wanted:
        name, full = normal(ref)
        if full in have:
            print("present ", full)
            continue
        row = repositories.get(name) or last.get(name.rsplit("/", 1)[1])  # a mirror keeps the last part of the name
        source = row and next((r for r in row["refs"] if r in have), None)
        if row and not source and not absent(row):
            build(row)
            have.update(row["refs"])
            source = row["refs"][0]
        if full in have:
            print("built   ", full)
            continue
        if not source:
            missing += 1
            print("NO IMAGE", full)
            continue
        subprocess.run([*CTR, "tag", "--force", source, full], check=True, stdout=subprocess.DEVNULL)
        print("tagged  ", full, "=", source)
    return 1 if missing else 0


def main(arguments):
    if arguments[:1] == ["--retag"]:
        return retag(arguments[1:])
    failed = 0
    for row in table():
        if arguments and not set(arguments) & set(row["refs"]):
            continue
        if absent(row):
            print("missing ", row["refs"][0], "needs", *absent(row))
            failed += bool(arguments)
            continue
        size = build(row)
        print("imported", row["refs"][0], f"{size >> 20} MiB", flush=True)
    unknown = set(arguments) - {r for row in table() for r in row["refs"]}
    for ref in unknown:
        print("unknown ", ref)
    return 1 if failed or unknown else 0


sys.exit(main(sys.argv[1:]))
