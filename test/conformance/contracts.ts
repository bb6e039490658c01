import { load } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { type Prerequisites, workloadsOf } from './examples';
import { type ConfigFile, configFilesOf, containersOf, scrapeJobsOf, title, yamlFilesOf } from './references';
import { userProblems } from './users';

const runs = (container: Manifest, repository: string) => container.image.includes(`/${repository}:`);

const workloadsThatRun = (manifests: Manifest[], repository: string) =>
  workloadsOf(manifests).filter((workload) => containersOf(workload).some((container) => runs(container, repository)));

const flagValue = (args: string[] | undefined, flag: string): string | undefined =>
  args?.find((argument) => argument.startsWith(`${flag}=`))?.slice(flag.length + 1);

/** Cluster and environment are on every series and every log line, and the replica is a label that queries leave out. */
function labelProblems(manifests: Manifest[]): string[] {
  const problems: string[] = [];
  for (const workload of workloadsThatRun(manifests, 'prometheus/prometheus')) {
    const [config] = yamlFilesOf(workload, manifests).filter(({ name }) => name === 'prometheus.yml');
    const external: Record<string, string> = config?.content.global?.external_labels ?? {};
    const { cluster, env } = external;
    problems.push(
      ...['cluster', 'env', 'replica'].filter((label) => !external[label]).map((label) => `no external label ${label}`),
      ...scrapeJobsOf(manifests)
        .filter((job) => job.workload === workload)
        .flatMap(({ job }) =>
          Object.entries({ cluster, env })
            .filter(
              ([label, value]) =>
                !(job.relabel_configs ?? []).some(
                  ({ target_label: target, replacement }: Manifest) => target === label && replacement === value,
                ),
            )
            .map(([label]) => `job ${job.job_name} does not set ${label} to that of the external labels`),
        ),
    );
    for (const query of workloadsThatRun(manifests, 'thanos/thanos').flatMap(containersOf)) {
      const replica = flagValue(query.args, '--query.replica-label');
      if (query.args?.[0] === 'query' && !(replica !== undefined && replica in external)) {
        problems.push(`${query.name} deduplicates by ${replica}, which is no external label`);
      }
    }
    for (const alloy of workloadsThatRun(manifests, 'grafana/alloy')) {
      const text = configFilesOf(alloy, manifests)
        .map((file) => file.text)
        .join('\n');
      const missing = Object.entries({ cluster, env }).filter(
        ([label, value]) => text.includes('loki.process') && !new RegExp(`\\b${label}\\s*=\\s*"${value}"`).test(text),
      );
      problems.push(...missing.map(([label, value]) => `${title(alloy)} does not set ${label} to ${value} on log lines`));
    }
  }
  return problems;
}

const isRules = (text: string) => Object.keys((load(text) ?? {}) as object).includes('groups');

/** What makes a program read a file again by itself. Prometheus looks at its rule files too. */
const RELOADS: { readonly flag: string; readonly isFile: (file: ConfigFile) => boolean }[] = [
  { flag: '--config.auto-reload', isFile: ({ name, text }) => name === 'prometheus.yml' || isRules(text) },
  { flag: '--endpoint.sd-config-reload-interval', isFile: ({ name }) => name === 'endpoints.yaml' },
];

/** A changed file reaches its program: by a checksum that rolls the pods, or because the program looks again. */
const rolloutProblems = (manifests: Manifest[]): string[] =>
  workloadsOf(manifests).flatMap((workload) => {
    const { template } = workload.spec;
    const args: string[] = containersOf(workload).flatMap((container) => container.args ?? []);
    const files = configFilesOf(workload, manifests).filter(
      // Grafana looks for changed dashboards itself.
      (file) =>
        !file.name.endsWith('.json') &&
        !RELOADS.some(({ flag, isFile }) => args.some((argument) => argument.startsWith(flag)) && isFile(file)),
    );
    const names = [
      ...Object.keys(template.metadata.annotations ?? {}).filter((name) => name.startsWith('checksum/')),
      ...containersOf(workload).flatMap(({ env = [] }) =>
        env.map(({ name }: Manifest) => name).filter((name: string) => name.endsWith('_CHECKSUM')),
      ),
    ];
    return files.length > 0 && names.length === 0
      ? [`${title(workload)} does not notice a change of ${files.map(({ name }) => name).join(', ')}`]
      : [];
  });

interface Bucket {
  readonly container: Manifest;
  readonly product: string;
  readonly place: string;
}

/** Where the containers of a pod keep their objects. */
const bucketsOf = (manifests: Manifest[]): Bucket[] =>
  workloadsOf(manifests).flatMap((workload) =>
    yamlFilesOf(workload, manifests).flatMap(({ content }) => {
      const isLoki = content.storage_config !== undefined;
      const s3 = isLoki ? content.storage_config.object_store?.s3 : content.config;
      const prefix = (isLoki ? content.storage_config.object_store?.storage_prefix : content.prefix) ?? '';
      const name = s3?.bucket_name ?? s3?.bucket;
      const product = isLoki ? 'grafana/loki' : 'thanos/thanos';
      const container = containersOf(workload).find((candidate) => runs(candidate, product));
      return name === undefined || container === undefined ? [] : [{ container, product, place: `${name}/${prefix}` }];
    }),
  );

/** One place for each product, the same for all its parts, and keys to get at it. */
function storageProblems(manifests: Manifest[], prerequisites: Prerequisites): string[] {
  const buckets = bucketsOf(manifests);
  const places = new Map(buckets.map(({ product, place }) => [`${product} ${place}`, place]));
  const known = Object.entries(prerequisites).find(([heading]) => heading === 'Buckets')?.[1] ?? [];
  const told = known.flatMap(({ name, keys }) => (keys.length === 0 ? [`${name}/`] : keys.map((key) => `${name}/${key}`)));
  return [
    ...(places.size !== new Set(places.values()).size ? ['two products share one place in object storage'] : []),
    ...['grafana/loki', 'thanos/thanos']
      .filter((product) => new Set(buckets.filter((bucket) => bucket.product === product).map(({ place }) => place)).size > 1)
      .map((product) => `parts of ${product} keep their objects in different places`),
    ...[...new Set(places.values())]
      .filter((place) => !told.includes(place))
      .map((place) => `the prerequisites do not name ${place}`),
    ...buckets.flatMap(({ container }) =>
      ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
        .filter((key) => !(container.env ?? []).some(({ name }: Manifest) => name === key))
        .map((key) => `${container.name} has no ${key}`),
    ),
  ];
}

/** Every key of a Secret that the manifests use, as `namespace/name/key`. */
const secretKeysOf = (workload: Manifest): string[] => {
  const { namespace } = workload.metadata;
  const variables = containersOf(workload).flatMap(({ env = [] }) =>
    env.flatMap(({ valueFrom }: Manifest) =>
      valueFrom?.secretKeyRef ? [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [],
    ),
  );
  const volumes: Manifest[] = workload.spec.template.spec.volumes ?? [];
  const files = volumes.flatMap(({ secret, projected }) => [
    ...(secret?.items ?? []).map(({ key }: Manifest) => `${secret.secretName}/${key}`),
    ...(projected?.sources ?? []).flatMap(({ secret: source }: Manifest) =>
      (source?.items ?? []).map(({ key }: Manifest) => `${source.name}/${key}`),
    ),
  ]);
  return [...variables, ...files].map((key) => `${namespace}/${key}`);
};

/** What cert-manager makes for an Ingress: those with its annotation, and the Secrets of Certificates. */
const certificateKeysOf = (manifests: Manifest[]): string[] => {
  const made = manifests.filter(({ kind }) => kind === 'Certificate').map(({ spec }) => spec.secretName);
  return manifests
    .filter(({ kind, metadata }) => {
      const names = Object.keys(metadata.annotations ?? {});
      return kind === 'Ingress' && !names.some((name) => /^cert-manager\.io\/(cluster-)?issuer$/.test(name));
    })
    .flatMap(({ metadata, spec }) => (spec.tls ?? []).map(({ secretName }: Manifest) => [metadata.namespace, secretName]))
    .filter(([, name]) => !made.includes(name))
    .flatMap(([namespace, name]) => ['tls.crt', 'tls.key'].map((key) => `${namespace}/${name}/${key}`));
};

/** Secrets that the External Secrets Operator makes. */
const externalKeysOf = (manifests: Manifest[]): string[] =>
  manifests
    .filter(({ kind }) => kind === 'ExternalSecret')
    .flatMap(({ metadata, spec }) =>
      spec.data.map(({ secretKey }: Manifest) => `${metadata.namespace}/${spec.target.name}/${secretKey}`),
    );

/** Secrets that Jobs of `GeneratedSecret` make. */
const generatedKeysOf = (manifests: Manifest[]): string[] =>
  manifests
    .filter(({ kind }) => kind === 'Job')
    .flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env = [] }: Manifest) => env))
    .filter(({ name }: Manifest) => name === 'SECRET_BODY')
    .flatMap(({ value }: Manifest) => {
      const { metadata, stringData }: Manifest = JSON.parse(value.replaceAll('$$', '$'));
      return Object.keys(stringData).map((key) => `${metadata.namespace}/${metadata.name}/${key}`);
    });

/** Keys that the operator mounts for the Prometheus and Alertmanager it runs: of the Secrets in their list, those that a file names. */
const operatedKeysOf = (manifests: Manifest[]): string[] => {
  const texts = manifests
    .filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap')
    .map(({ metadata, data, stringData }) => ({
      namespace: metadata.namespace,
      text: Object.values<string>({ ...data, ...stringData }).join('\n'),
    }));
  return manifests
    .filter(({ kind }) => kind === 'Prometheus' || kind === 'Alertmanager')
    .flatMap(({ kind, metadata: { namespace }, spec }) =>
      (spec.secrets ?? []).flatMap((name: string) =>
        texts
          .filter((file) => file.namespace === namespace)
          .flatMap(({ text }) => [...text.matchAll(new RegExp(`/etc/${kind.toLowerCase()}/secrets/${name}/([\\w.-]+)`, 'g'))])
          .map(([, key]) => `${namespace}/${name}/${key}`),
      ),
    );
};

function secretProblems(manifests: Manifest[], prerequisites: Prerequisites): string[] {
  const used = new Set([
    ...workloadsOf(manifests).flatMap(secretKeysOf),
    ...operatedKeysOf(manifests),
    ...certificateKeysOf(manifests),
  ]);
  const told = new Set([
    ...(prerequisites.Secrets ?? []).flatMap(({ namespace, name, keys }) => keys.map((key) => `${namespace}/${name}/${key}`)),
    ...externalKeysOf(manifests),
    ...generatedKeysOf(manifests),
  ]);
  return [
    ...[...used]
      .filter((key) => !told.has(key))
      .map((key) => `neither prerequisites nor an ExternalSecret name the Secret key ${key}`),
    ...[...told].filter((key) => !used.has(key)).map((key) => `nothing uses the Secret key ${key}`),
  ];
}

/** Data sources are told apart by uid, boards name those that there are, and a `$` that is data is written twice. */
function grafanaProblems(manifests: Manifest[]): string[] {
  return workloadsThatRun(manifests, 'grafana/grafana').flatMap((workload) => {
    const files = configFilesOf(workload, manifests);
    const provisioned = files.filter(({ name }) => name === 'datasources.yaml');
    const uids: string[] = provisioned.flatMap(({ text }) => {
      const content = load(text) as Manifest;
      return (content.datasources ?? []).map(({ uid }: Manifest) => uid);
    });
    const variables = containersOf(workload).flatMap(({ env = [] }) => env.map(({ name }: Manifest) => name));
    const expanded = provisioned.flatMap(({ text }) =>
      [...text.replaceAll('$$', '').matchAll(/\$\{?(\w+)/g)].map(([, name]) => name),
    );
    const boards = files.filter(({ name }) => name.endsWith('.json'));
    const named = boards.flatMap(({ name, text }) =>
      [...text.matchAll(/"datasource":\s*\{[^}]*"uid":\s*"([^"]+)"/g)].map(([, uid]) => ({ name, uid })),
    );
    return [
      ...(new Set(uids).size !== uids.length ? [`two data sources have one uid: ${uids.join(', ')}`] : []),
      ...expanded.filter((name) => !variables.includes(name)).map((name) => `\${${name}} in datasources.yaml is no variable`),
      ...named
        .filter(({ uid }) => !uids.includes(uid) && !uid.startsWith('$') && !uid.startsWith('-- '))
        .map(({ name, uid }) => `${name} names the data source ${uid}, which is not provisioned`),
    ];
  });
}

/** What is to be deleted after some time has something that deletes it. */
function retentionProblems(manifests: Manifest[]): string[] {
  const loki = workloadsThatRun(manifests, 'grafana/loki').flatMap((workload) =>
    yamlFilesOf(workload, manifests)
      .filter(({ content }) => content.limits_config?.retention_period && content.compactor?.retention_enabled !== true)
      .map(() => `${title(workload)} has a retention period and no compactor that applies it`),
  );
  const thanos = workloadsOf(manifests)
    .flatMap(containersOf)
    .filter((container) => runs(container, 'thanos/thanos'));
  const does = (command: string) => thanos.filter(({ args }) => args?.[0] === command);
  return [
    ...loki,
    ...(does('sidecar').some(({ args }) => flagValue(args, '--objstore.config-file') !== undefined) &&
    does('compact').length === 0
      ? ['blocks are uploaded and nothing compacts or deletes them']
      : []),
    ...does('compact')
      .filter(({ args }) => !args.includes('--wait'))
      .map(({ name }) => `${name} ends after one round`),
  ];
}

/** Programs that read what they hold before they answer; minutes may pass. */
const SLOW_STARTERS = ['prometheus/prometheus', 'grafana/loki'];

/** A program that is slow to start is not killed for it, and one with a volume may write to it. */
const startProblems = (manifests: Manifest[]): string[] =>
  workloadsOf(manifests).flatMap((workload) => {
    const { spec } = workload.spec.template;
    const slow = containersOf(workload).filter(
      (container) =>
        SLOW_STARTERS.some((repository) => runs(container, repository)) && container.livenessProbe && !container.startupProbe,
    );
    const hasClaims = (workload.spec.volumeClaimTemplates ?? []).length > 0;
    return [
      ...slow.map(({ name }) => `${title(workload)}/${name} may be killed while it starts: it has no startup probe`),
      ...(hasClaims && spec.securityContext.fsGroup === undefined
        ? [`${title(workload)} has a volume that only root may write to`]
        : []),
    ];
  });

/** What the parts of a stack owe each other, beyond being reachable. */
export const contractProblems = (manifests: Manifest[], prerequisites: Prerequisites): string[] => [
  ...labelProblems(manifests),
  ...rolloutProblems(manifests),
  ...storageProblems(manifests, prerequisites),
  ...secretProblems(manifests, prerequisites),
  ...grafanaProblems(manifests),
  ...retentionProblems(manifests),
  ...startProblems(manifests),
  ...userProblems(manifests),
];
