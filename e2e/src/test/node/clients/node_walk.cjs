// A user's whole script with @azure/arm-machinelearning and @azure/identity, in small steps: the packages as their
// registry has them, nothing patched. Runs in the environment that `farol env` exports.
// Usage: node node_walk.cjs WORK OUT   (WORK has .azureml/config.json and node_modules; results go to OUT as JSON)
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const [work, out] = process.argv.slice(2);
const modules = process.env.WALK_MODULES;
const { AzureMachineLearningWorkspaces } = require(path.join(modules, "@azure/arm-machinelearning"));
const { DefaultAzureCredential } = require(path.join(modules, "@azure/identity"));
const version = JSON.parse(fs.readFileSync(path.join(modules, "@azure/arm-machinelearning/package.json"), "utf8")).version;

const arm = process.env.ARM_CLOUD_METADATA_URL.split("/metadata")[0];
const config = JSON.parse(fs.readFileSync(path.join(work, ".azureml/config.json"), "utf8"));
const { subscription_id: subscription, resource_group: group, workspace_name: workspace } = config;
const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;

const SCORE = `
import json, os

def init():
    global greeting
    greeting = open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model", "greeting.txt")).read().strip()
    print("the model says", greeting, flush=True)

def run(raw):
    return {"greeting": greeting, "got": json.loads(raw)["data"]}
`;
const CONDA = "name: plain\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n";
const IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";
const endpoint = "node-walk";

const steps = [];
/** declared: {refuses: RegExp} when it has to be refused, {later: true} when it has to be answered with NotSupported. */
const step = (area, name, action, declared = {}) => steps.push({ area, name, action, ...declared });
const all = async (pages) => {
  const found = [];
  for await (const each of pages) found.push(each);
  return found;
};
const names = async (pages) => (await all(pages)).map((each) => each.name);

let client;
let sas;
let store;

step("Connect", "new AzureMachineLearningWorkspaces(new DefaultAzureCredential(), …)", async () => {
  client = new AzureMachineLearningWorkspaces(new DefaultAzureCredential(), subscription, {
    endpoint: arm,
    credentialScopes: [`${arm}/.default`],
  });
});

step("Workspaces", "workspaces.get", async () => {
  const found = await client.workspaces.get(group, workspace);
  assert.equal(found.name, workspace);
  assert.ok(found.workspaceId && found.discoveryUrl);
});
step("Workspaces", "workspaces.listByResourceGroup, listBySubscription", async () => {
  assert.ok((await names(client.workspaces.listByResourceGroup(group))).includes(workspace));
  assert.ok((await names(client.workspaces.listBySubscription())).includes(workspace));
});

step("Workspaces", "workspaces.beginCreateOrUpdateAndWait, beginDeleteAndWait", async () => {
  const made = await client.workspaces.beginCreateOrUpdateAndWait(group, "node-second", {
    location: "local",
    identity: { type: "SystemAssigned" },
    description: "by node",
  });
  assert.equal(made.name, "node-second");
  assert.ok((await names(client.workspaces.listByResourceGroup(group))).includes("node-second"));
  await client.workspaces.beginDeleteAndWait(group, "node-second");
  assert.ok(!(await names(client.workspaces.listByResourceGroup(group))).includes("node-second"));
});

step("Datastores", "datastores.list({isDefault: true})", async () => {
  [store] = await all(client.datastores.list(group, workspace, { isDefault: true }));
  assert.equal(store.name, "workspaceblobstore");
  assert.equal(store.properties.datastoreType, "AzureBlob");
});
step("Datastores", "datastores.get, listSecrets", async () => {
  assert.equal((await client.datastores.get(group, workspace, "workspaceblobstore")).name, "workspaceblobstore");
  const secrets = await client.datastores.listSecrets(group, workspace, "workspaceblobstore");
  assert.equal(secrets.secretsType, "Sas");
  sas = secrets.sasToken;
});
step("Datastores", "datastores.createOrUpdate, delete", async () => {
  const made = await client.datastores.createOrUpdate(group, workspace, "node_elsewhere", {
    properties: {
      datastoreType: "AzureBlob",
      accountName: "theirs",
      containerName: "rows",
      credentials: { credentialsType: "AccountKey", secrets: { secretsType: "AccountKey", key: "a2V5" } },
    },
  });
  assert.equal(made.properties.accountName, "theirs");
  await client.datastores.delete(group, workspace, "node_elsewhere");
  assert.ok(!(await names(client.datastores.list(group, workspace))).includes("node_elsewhere"));
});

step("Compute", "computeOperations.list, get", async () => {
  assert.ok((await names(client.computeOperations.list(group, workspace))).includes("local"));
  assert.equal((await client.computeOperations.get(group, workspace, "local")).name, "local");
});
step(
  "Compute",
  "computeOperations.beginCreateOrUpdateAndWait",
  () =>
    client.computeOperations.beginCreateOrUpdateAndWait(group, workspace, "cpu-cluster", {
      location: "local",
      properties: { computeType: "AmlCompute", properties: { vmSize: "Standard_DS3_v2" } },
    }),
  { later: true },
);

const upload = async (blob, text) => {
  const { accountName, containerName } = store.properties;
  const answer = await fetch(`https://${accountName}.blob.core.windows.net/${containerName}/${blob}?${sas}`, {
    method: "PUT",
    headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-08-06" },
    body: text,
  });
  assert.equal(answer.status, 201, await answer.text());
};
const blobs = () => `https://${store.properties.accountName}.blob.core.windows.net/${store.properties.containerName}`;

step("Assets", "codeVersions.createOrUpdate, get, list", async () => {
  await upload("node/score/score.py", SCORE);
  const made = await client.codeVersions.createOrUpdate(group, workspace, "node-code", "1", {
    properties: { codeUri: `${blobs()}/node/score` },
  });
  assert.equal(made.name, "1");
  assert.equal((await client.codeVersions.get(group, workspace, "node-code", "1")).name, "1");
  assert.deepEqual(await names(client.codeVersions.list(group, workspace, "node-code")), ["1"]);
  assert.ok((await names(client.codeContainers.list(group, workspace))).includes("node-code"));
});
step("Assets", "modelVersions.createOrUpdate, get, list", async () => {
  await upload("node/model/greeting.txt", "hello\n");
  const made = await client.modelVersions.createOrUpdate(group, workspace, "node-model", "1", {
    properties: {
      modelUri: `azureml:/${id}/datastores/workspaceblobstore/paths/node/model`,
      modelType: "custom_model",
      description: "by node",
    },
  });
  assert.equal(made.properties.description, "by node");
  assert.deepEqual(await names(client.modelVersions.list(group, workspace, "node-model")), ["1"]);
  assert.equal((await client.modelContainers.get(group, workspace, "node-model")).properties.latestVersion, "1");
});
step("Assets", "modelVersions.createOrUpdate({isArchived}), archive and restore", async () => {
  for (const isArchived of [true, false]) {
    const found = await client.modelVersions.get(group, workspace, "node-model", "1");
    await client.modelVersions.createOrUpdate(group, workspace, "node-model", "1", {
      properties: { ...found.properties, isArchived },
    });
    assert.deepEqual(await names(client.modelVersions.list(group, workspace, "node-model")), isArchived ? [] : ["1"]);
  }
});
step("Assets", "environmentVersions.createOrUpdate, get, list", async () => {
  await client.environmentVersions.createOrUpdate(group, workspace, "node-environment", "1", {
    properties: { condaFile: CONDA, image: IMAGE },
  });
  assert.equal((await client.environmentVersions.get(group, workspace, "node-environment", "1")).properties.image, IMAGE);
  assert.ok((await names(client.environmentContainers.list(group, workspace))).includes("node-environment"));
});
step("Assets", "dataVersions.createOrUpdate, get, delete", async () => {
  await client.dataVersions.createOrUpdate(group, workspace, "node-rows", "1", {
    properties: { dataType: "uri_file", dataUri: "azureml://datastores/workspaceblobstore/paths/node/rows.csv" },
  });
  assert.equal((await client.dataVersions.get(group, workspace, "node-rows", "1")).properties.dataType, "uri_file");
  await client.dataVersions.delete(group, workspace, "node-rows", "1");
  assert.deepEqual(await names(client.dataVersions.list(group, workspace, "node-rows")), []);
});
step("Assets", "componentVersions.createOrUpdate, get, list", async () => {
  await client.componentVersions.createOrUpdate(group, workspace, "node_component", "1", {
    properties: { componentSpec: { name: "node_component", version: "1", type: "command", command: "echo 1" } },
  });
  assert.equal((await client.componentVersions.get(group, workspace, "node_component", "1")).properties.componentSpec.type, "command");
  assert.deepEqual(await names(client.componentVersions.list(group, workspace, "node_component")), ["1"]);
});
step("Assets", "modelVersions.get of what is not there", () => client.modelVersions.get(group, workspace, "nobody", "1"), {
  refuses: /nobody/,
});

step("Online endpoints", "onlineEndpoints.beginCreateOrUpdateAndWait", async () => {
  const made = await client.onlineEndpoints.beginCreateOrUpdateAndWait(group, workspace, endpoint, {
    location: "local",
    identity: { type: "SystemAssigned" },
    tags: { by: "node" },
    properties: { authMode: "Key" },
  });
  assert.equal(made.properties.provisioningState, "Succeeded");
  assert.ok(made.properties.scoringUri.endsWith("/score"));
});
step("Online endpoints", "onlineEndpoints.listKeys, beginRegenerateKeysAndWait", async () => {
  const before = await client.onlineEndpoints.listKeys(group, workspace, endpoint);
  await client.onlineEndpoints.beginRegenerateKeysAndWait(group, workspace, endpoint, { keyType: "Secondary" });
  const after = await client.onlineEndpoints.listKeys(group, workspace, endpoint);
  assert.equal(after.primaryKey, before.primaryKey);
  assert.notEqual(after.secondaryKey, before.secondaryKey);
});
const deployment = (name, changes = {}) =>
  client.onlineDeployments.beginCreateOrUpdateAndWait(group, workspace, endpoint, name, {
    location: "local",
    sku: { name: "Default", capacity: 1 },
    properties: {
      endpointComputeType: "Managed",
      model: `${id}/models/node-model/versions/1`,
      codeConfiguration: { codeId: `${id}/codes/node-code/versions/1`, scoringScript: "score.py" },
      environmentId: `${id}/environments/node-environment/versions/1`,
      instanceType: "Standard_DS3_v2",
      ...changes,
    },
  });
step("Online deployments", "onlineDeployments.beginCreateOrUpdateAndWait, two of them", async () => {
  assert.equal((await deployment("blue")).properties.provisioningState, "Succeeded");
  assert.equal((await deployment("green", { environmentVariables: { TONE: "warm" } })).properties.provisioningState, "Succeeded");
});
step("Online deployments", "onlineDeployments.get, list, listSkus", async () => {
  const found = await client.onlineDeployments.get(group, workspace, endpoint, "green");
  assert.deepEqual(found.properties.environmentVariables, { TONE: "warm" });
  assert.equal(found.properties.requestSettings.requestTimeout, "PT5S");
  assert.deepEqual(await names(client.onlineDeployments.list(group, workspace, endpoint)), ["blue", "green"]);
  assert.equal((await all(client.onlineDeployments.listSkus(group, workspace, endpoint, "blue"))).length, 1);
});
step("Online endpoints", "beginCreateOrUpdateAndWait with what get answered, and traffic", async () => {
  const found = await client.onlineEndpoints.get(group, workspace, endpoint);
  found.properties.traffic = { blue: 90, green: 10 };
  const made = await client.onlineEndpoints.beginCreateOrUpdateAndWait(group, workspace, endpoint, found);
  assert.deepEqual(made.properties.traffic, { blue: 90, green: 10 });
});
const score = async (key, headers = {}) => {
  const { scoringUri } = (await client.onlineEndpoints.get(group, workspace, endpoint)).properties;
  return fetch(scoringUri, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ data: [1, 2] }),
  });
};
step("Scoring", "fetch(scoringUri) with the key, pinned, and with another key", async () => {
  const { primaryKey } = await client.onlineEndpoints.listKeys(group, workspace, endpoint);
  const answer = await score(primaryKey);
  assert.deepEqual(await answer.json(), { greeting: "hello", got: [1, 2] });
  assert.equal((await score(primaryKey, { "azureml-model-deployment": "green" })).headers.get("azureml-model-deployment"), "green");
  assert.equal((await score("wrong")).status, 401);
});
step("Online deployments", "onlineDeployments.getLogs", async () => {
  const { content } = await client.onlineDeployments.getLogs(group, workspace, endpoint, "blue", { tail: 100 });
  assert.match(content, /the model says hello/);
});
step("Online deployments", "onlineDeployments.beginUpdateAndWait, sku.capacity and tags", async () => {
  const made = await client.onlineDeployments.beginUpdateAndWait(group, workspace, endpoint, "green", {
    tags: { size: "two" },
    sku: { capacity: 2 },
  });
  assert.equal(made.sku.capacity, 2);
  assert.deepEqual(made.tags, { size: "two" });
});
step("Online endpoints", "onlineEndpoints.beginUpdateAndWait, tags", async () => {
  const made = await client.onlineEndpoints.beginUpdateAndWait(group, workspace, endpoint, { tags: { by: "node", updated: "yes" } });
  assert.deepEqual(made.tags, { by: "node", updated: "yes" });
  assert.deepEqual(made.properties.traffic, { blue: 90, green: 10 });
});
step("Online endpoints", "onlineEndpoints.list", async () => {
  assert.ok((await names(client.onlineEndpoints.list(group, workspace))).includes(endpoint));
});
step("Online endpoints", "onlineEndpoints.getToken of an endpoint with keys", () => client.onlineEndpoints.getToken(group, workspace, endpoint), {
  refuses: /keys/,
});
step(
  "Online endpoints",
  "a bad name",
  () =>
    client.onlineEndpoints.beginCreateOrUpdateAndWait(group, workspace, "b", { location: "local", properties: { authMode: "Key" } }),
  { refuses: /name/ },
);
step("Online endpoints", "onlineEndpoints.get of what is not there", () => client.onlineEndpoints.get(group, workspace, "nobody"), {
  refuses: /nobody/,
});
step("Online deployments", "a model that is not registered", () => deployment("absent", { model: `${id}/models/nobody/versions/1` }), {
  refuses: /nobody/,
});
step(
  "Online deployments",
  "beginDeleteAndWait with traffic",
  () => client.onlineDeployments.beginDeleteAndWait(group, workspace, endpoint, "blue"),
  { refuses: /traffic/ },
);
step("Online deployments", "onlineDeployments.beginDeleteAndWait", async () => {
  const found = await client.onlineEndpoints.get(group, workspace, endpoint);
  found.properties.traffic = { blue: 100 };
  await client.onlineEndpoints.beginCreateOrUpdateAndWait(group, workspace, endpoint, found);
  await client.onlineDeployments.beginDeleteAndWait(group, workspace, endpoint, "green");
  assert.deepEqual(await names(client.onlineDeployments.list(group, workspace, endpoint)), ["blue"]);
});
step("Online endpoints", "onlineEndpoints.beginDeleteAndWait", async () => {
  await client.onlineEndpoints.beginDeleteAndWait(group, workspace, endpoint);
  assert.ok(!(await names(client.onlineEndpoints.list(group, workspace))).includes(endpoint));
});

step("Batch", "batchEndpoints.list", () => names(client.batchEndpoints.list(group, workspace)), { later: true });
step("Jobs", "jobs.list", () => names(client.jobs.list(group, workspace)), { later: true });
step("Schedules", "schedules.list", () => names(client.schedules.list(group, workspace)), { later: true });

const line = (text) => {
  const tidied = String(text)
    .replaceAll(arm.slice("https://".length), "{host}")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "{guid}")
    .replace(/\s+/g, " ")
    .trim();
  return tidied.length <= 400 ? tidied : tidied.slice(0, 399) + "…";
};

const take = async ({ action, refuses, later }) => {
  try {
    await action();
  } catch (error) {
    const said = `${error.code ? `(${error.code}) ` : ""}${error.message}`;
    if (later && /NotSupported/.test(said)) return ["planned", line(said)];
    if (refuses && refuses.test(said)) return ["refused", line(said)];
    console.error(error);
    return ["failed", line(said)];
  }
  return refuses || later ? ["failed", "was to be refused, and went through"] : ["works", ""];
};

(async () => {
  const results = [];
  for (const each of steps) {
    const start = performance.now();
    const [outcome, detail] = await take(each);
    const seconds = (performance.now() - start) / 1e3;
    console.log(`${outcome.padEnd(8)} ${seconds.toFixed(2).padStart(6)} s  ${each.area}: ${each.name}  ${detail}`);
    results.push({ area: each.area, step: each.name, outcome, detail, seconds: Number(seconds.toFixed(2)) });
  }
  fs.writeFileSync(out, JSON.stringify({ client: `@azure/arm-machinelearning ${version}`, steps: results }, null, 1) + "\n");
  process.exit(Math.min(results.filter((each) => each.outcome === "failed").length, 100));
})();
