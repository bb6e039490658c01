# Sourced by run-stack: a MariaDB where the manifests' SQL data source looks for one, with the tables of the example and some rows.
# DATABASE_SQL names the file with the tables; by default the one beside the example that made the manifests.
db=$(NODE_PATH=$HERE/../../../node_modules node -e 'const { load } = require("js-yaml"), objects = require(process.argv[1]);
  const sources = objects.filter((o) => o.kind === "ConfigMap").flatMap((o) => Object.values(o.data ?? {})).filter((t) => /^datasources:/m.test(t)).flatMap((t) => load(t).datasources);
  for (const { uid, type, url, user, database, jsonData } of sources) console.log([uid, type, url, user ?? "-", database ?? jsonData?.database ?? "-"].join("\t"))' "$work/objects.json")
IFS=$'\t' read -r _ _ db_url db_user db_name < <(grep -P '^[^\t]+\tmysql\t[^\t.]+\.[^\t.]+\.svc\.' <<<"$db") || db_url=
: "${DATABASE_SQL:=$(ls "$HERE/../../../examples/$(basename "$STACK" .k8s.yaml)"/*.sql 2>/dev/null | head -1)}"
DATABASE_PASSWORD=test; export DATABASE_PASSWORD   # what stack.sh puts into every Secret that is not the object storage's
database_starts() {
  local data=$CLUSTER_DIR/database name=${db_url%%.*} ns port=${db_url##*:}; ns=${db_url#*.}; ns=${ns%%.*}
  mkdir -p "$data"; mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db >"$LOGS/database-install.log" 2>&1
  # The server reads one statement a line.
  { echo "CREATE DATABASE $db_name; USE $db_name;"; sed 's/^--.*//' "$DATABASE_SQL"; cat "$HERE/../running/raw-message-rows.sql"
    echo "CREATE USER '$db_user'@'%' IDENTIFIED BY '$DATABASE_PASSWORD'; GRANT SELECT ON $db_name.* TO '$db_user'@'%';"; } | sed 's/^--.*//' | tr '\n' ' ' | sed 's/;/;\n/g' >"$data/first.sql"
  chown -R 65534:65534 "$data"
  "$HERE/build-images" docker.io/library/mariadb:10.11 >/dev/null
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $name, namespace: $ns, labels: {app: $name}}
spec:
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 2
  securityContext: {runAsUser: 65534, runAsGroup: 65534}
  containers:
  - name: mariadb
    image: docker.io/library/mariadb:10.11
    args: [--no-defaults, --datadir=/data, --socket=/tmp/mariadb.sock, --bind-address=0.0.0.0, --port=$port, --init-file=/data/first.sql, --skip-name-resolve]
    readinessProbe: {tcpSocket: {port: $port}, periodSeconds: 1}
    volumeMounts: [{name: data, mountPath: /data}, {name: share, mountPath: /usr/share/mysql, readOnly: true}, {name: tmp, mountPath: /tmp}]
  volumes:
  - {name: data, hostPath: {path: $data}}
  - {name: share, hostPath: {path: /usr/share/mysql}}
  - {name: tmp, emptyDir: {}}
---
apiVersion: v1
kind: Service
metadata: {name: $name, namespace: $ns}
spec: {selector: {app: $name}, ports: [{port: $port}]}
YAML
}
