#!/usr/bin/env bash
# The Azure CLI, as PyPI has it, in the environment that `farol env` exports: cloud, login, tokens, ARM, blobs.
# Usage: WALK_AZ=…/bin/az az_walk.sh WORK OUT   (WORK has .azureml/config.json; results go to OUT as JSON)
set -uo pipefail

work=$1
out=$2
. "${BASH_SOURCE%/*}/walk.sh"
az=$WALK_AZ
host=${arm#https://}
export AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_ONLY_SHOW_ERRORS=yes AZURE_CORE_NO_COLOR=yes

config=$(<"$work/.azureml/config.json")
subscription=$(printf '%s' "$config" | field subscription_id)
group=$(printf '%s' "$config" | field resource_group)
name=$(printf '%s' "$config" | field workspace_name)
workspace=/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.MachineLearningServices/workspaces/$name
q="?api-version=2023-04-01"

# Runs az ARGUMENTS; sets said and status.
run() {
    said=$("$az" "$@" 2>"$work/az-err.txt")
    status=$?
    error=$(<"$work/az-err.txt")
}

# EXPECTED AREA STEP: the last command ended well, and printed the text that is expected.
works() {
    if [ "$status" = 0 ] && [[ "$said" == *"$1"* ]]; then
        record "$2" "$3" works ""
    else
        record "$2" "$3" failed "exit $status: $said $error (expected: $1)"
    fi
}

# EXPECTED AREA STEP OUTCOME: the last command was refused in words that have the expected text.
refused() {
    if [ "$status" != 0 ] && [[ "$error" == *"$1"* ]]; then
        record "$2" "$3" "${4:-refused}" "$error"
    else
        record "$2" "$3" failed "exit $status: $said $error (expected: a refusal with $1)"
    fi
}

run cloud list --query "[].name" -o tsv
works Farol Cloud "az cloud list"
run cloud register -n FarolToo --endpoint-resource-manager "$arm/"
works "" Cloud "az cloud register --endpoint-resource-manager"
run cloud show -n FarolToo --query endpoints.resourceManager -o tsv
works "$host" Cloud "az cloud show, what was registered"
run cloud unregister -n FarolToo
works "" Cloud "az cloud unregister"
run cloud set -n Farol
works "" Cloud "az cloud set -n Farol"

run login --identity
works "$subscription" Account "az login --identity"
run account show --query id -o tsv
works "$subscription" Account "az account show"
run account list --query "[].id" -o tsv
works "$subscription" Account "az account list"
run account get-access-token --query accessToken -o tsv
works eyJ Account "az account get-access-token"
run account get-access-token --resource https://ml.azure.com --query tokenType -o tsv
works Bearer Account "az account get-access-token --resource https://ml.azure.com"

run rest --method get --url "$workspace$q" --query name -o tsv
works "$name" "Resource manager" "az rest --method get"
run rest --method put --url "$workspace/onlineEndpoints/az-walk$q" \
    --body '{"location": "local", "identity": {"type": "SystemAssigned"}, "properties": {"authMode": "Key"}}' --query name -o tsv
works az-walk "Resource manager" "az rest --method put, an endpoint"
run resource show --ids "$workspace" --api-version 2023-04-01 --query name -o tsv
works "$name" "Resource manager" "az resource show --ids"
run resource show --ids "$workspace/onlineEndpoints/az-walk" --api-version 2023-04-01 --query properties.authMode -o tsv
works Key "Resource manager" "az resource show --ids, an endpoint"
run resource wait --ids "$workspace/onlineEndpoints/az-walk" --api-version 2023-04-01 --created --interval 1 --timeout 60
works "" "Resource manager" "az resource wait --created"
run resource delete --ids "$workspace/onlineEndpoints/az-walk" --api-version 2023-04-01
works "" "Resource manager" "az resource delete --ids"
run group list --query "[].name" -o tsv
works "$group" "Resource manager" "az group list"
run group show -n "$group" --query name -o tsv
works "$group" "Resource manager" "az group show"
run rest --method get --url "$workspace/onlineEndpoints/nobody$q"
refused "nobody" "Resource manager" "az rest of what is not there"
run rest --method get --url "$workspace/batchEndpoints$q"
refused "NotSupported" "Resource manager" "az rest, batch endpoints" planned

printf 'a,b\n1,2\n' >"$work/rows.csv"
storage=(--account-name "$host/farolstore" --auth-mode login)
run storage blob upload "${storage[@]}" -c azureml-blobstore-1 -n "az/rows of é.csv" -f "$work/rows.csv" --overwrite -o none
works "" Storage "az storage blob upload"
run storage blob list "${storage[@]}" -c azureml-blobstore-1 --prefix az/ --query "[].name" -o tsv
works "az/rows of é.csv" Storage "az storage blob list"
run storage blob download "${storage[@]}" -c azureml-blobstore-1 -n "az/rows of é.csv" -f "$work/back.csv" -o none
if [ "$status" = 0 ] && cmp -s "$work/rows.csv" "$work/back.csv"; then
    record Storage "az storage blob download" works ""
else
    record Storage "az storage blob download" failed "$error"
fi
mkdir -p "$work/tree/below"
printf 1 >"$work/tree/one.txt"
printf 2 >"$work/tree/below/two.txt"
run storage blob upload-batch "${storage[@]}" -d azureml-blobstore-1/az/tree -s "$work/tree" -o none
works "" Storage "az storage blob upload-batch"
run storage blob show "${storage[@]}" -c azureml-blobstore-1 -n az/tree/below/two.txt --query properties.contentLength -o tsv
works 1 Storage "az storage blob show"
run storage blob delete "${storage[@]}" -c azureml-blobstore-1 -n az/tree/below/two.txt -o none
works "" Storage "az storage blob delete"
run storage blob exists "${storage[@]}" -c azureml-blobstore-1 -n az/tree/below/two.txt --query exists -o tsv
works false Storage "az storage blob exists"

version=$("$az" version --query '"azure-cli"' -o tsv 2>/dev/null)
finish "azure-cli $version"
