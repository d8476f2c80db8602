#!/usr/bin/env bash
# Plain ARM REST with curl alone, as the scripts of Azure's documentation do it: bodies with trailing commas, line breaks
# inside of strings and numbers in quotes; the poll URL taken from the body of an answer. Runs in the environment that
# `farol env` exports. Usage: rest_walk.sh WORK OUT   (WORK has .azureml/config.json; results go to OUT as JSON)
set -uo pipefail

work=$1
out=$2
version=2023-04-01
. "${BASH_SOURCE%/*}/walk.sh"

# --- tools -------------------------------------------------------------------------------------------------------------

# Calls METHOD PATH [CURL ARGUMENTS]; sets status, answer and headers. The path is below the workspace unless it is absolute.
call() {
    local method=$1 url=$2
    shift 2
    case $url in
        https://* | http://*) ;;
        /*) url=$arm$url ;;
        *) url=$workspace/$url ;;
    esac
    headers=$work/headers.txt
    answer=$(curl -sS --max-time 60 -X "$method" -D "$headers" -w '\n%{http_code}' -H "Authorization: Bearer $token" \
        -H 'Content-Type: application/json' "$url" "$@" 2>&1)
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
}

# Asks the scoring URI with KEY [HEADER]; sets status and answer.
score() {
    answer=$(curl -sS --max-time 30 -w '\n%{http_code}' "$scoring" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
        ${2:+-H "$2"} --data-raw '{"data": [1, 2]}' 2>&1)
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
}

# STATUSES AREA STEP: the last call worked when its status is one of the space-separated ones.
works() {
    case " $1 " in
        *" $status "*) record "$2" "$3" works "" ;;
        *) record "$2" "$3" failed "$status $answer" ;;
    esac
}

# STATUS CODE AREA STEP: the last call was refused with this status and error code.
refused() {
    if [ "$status" = "$1" ] && [ "$(printf '%s' "$answer" | field code)" = "$2" ]; then
        record "$3" "$4" refused "$status $2: $(printf '%s' "$answer" | field message)"
    else
        record "$3" "$4" failed "$status $answer (expected: $1 $2)"
    fi
}

# AREA STEP: the last call was answered with what this version does not offer.
later() {
    if printf '%s' "$answer" | grep -q '"NotSupported"\|this version of Farol'; then
        record "$1" "$2" planned "$status $(printf '%s' "$answer" | field code): $(printf '%s' "$answer" | field message)"
    else
        record "$1" "$2" failed "$status $answer (expected: not offered yet)"
    fi
}

# AREA STEP: polls the URL that stands in the body of the last answer until the operation has ended.
polled() {
    local uri state deadline=$((SECONDS + 120))
    uri=$(printf '%s' "$answer" | field AzureAsyncOperationUri)
    if [ -z "$uri" ]; then
        record "$1" "$2" failed "no AzureAsyncOperationUri in the body: $answer"
        return
    fi
    while :; do
        call GET "$uri"
        state=$(printf '%s' "$answer" | field status)
        case $state in
            Succeeded)
                record "$1" "$2" works ""
                return
                ;;
            Failed | Canceled)
                record "$1" "$2" failed "$answer"
                return
                ;;
        esac
        if [ "$SECONDS" -gt "$deadline" ]; then
            record "$1" "$2" failed "still '$state' after two minutes"
            return
        fi
        sleep 0.2
    done
}

# --- the walk ------------------------------------------------------------------------------------------------------------

config=$(<"$work/.azureml/config.json")
subscription=$(printf '%s' "$config" | field subscription_id)
group=$(printf '%s' "$config" | field resource_group)
name=$(printf '%s' "$config" | field workspace_name)
id=/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.MachineLearningServices/workspaces/$name
workspace=$arm$id
q="?api-version=$version"

token=""
call GET "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=$arm" -H "X-IDENTITY-HEADER: $IDENTITY_HEADER"
token=$(printf '%s' "$answer" | field access_token)
works 200 Identity "GET \$IDENTITY_ENDPOINT, a token for Azure Resource Manager"

call GET "$id$q"
works 200 Workspace "GET the workspace"
call GET "datastores$q&isDefault=true"
works 200 Workspace "GET datastores?isDefault=true"
datastore=$(printf '%s' "$answer" | field name)
account=$(printf '%s' "$answer" | field accountName)
container=$(printf '%s' "$answer" | field containerName)

call POST "datastores/$datastore/listSecrets$q" -d '{"expirableSecret": true, "expireAfterHours": 1,}'
works 200 Workspace "POST datastores/{name}/listSecrets"
sas=$(printf '%s' "$answer" | field sasToken)
blobs=https://$account.blob.core.windows.net/$container

upload() { # FILE BLOB
    status=$(curl -sS --max-time 60 -o "$work/upload.txt" -w '%{http_code}' -X PUT "$blobs/$2?$sas" -H 'x-ms-blob-type: BlockBlob' \
        -H 'x-ms-version: 2021-08-06' --data-binary "@$1" 2>&1)
    answer=$(<"$work/upload.txt")
}

mkdir -p "$work/rest"
cat >"$work/rest/score.py" <<'PYTHON'
import json, os

def init():
    global greeting
    greeting = open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model", "greeting.txt")).read().strip()

def run(raw):
    return {"greeting": greeting, "got": json.loads(raw)["data"]}
PYTHON
printf 'hello\n' >"$work/rest/greeting.txt"
upload "$work/rest/score.py" rest/score/score.py
works 201 Assets "PUT a blob with the SAS of listSecrets"
upload "$work/rest/greeting.txt" rest/model/greeting.txt

call PUT "codes/rest-code/versions/1$q" -d "{\"properties\": {\"description\": \"Score code\", \"codeUri\": \"$blobs/rest/score\",}}"
works "200 201" Assets "PUT codes/{name}/versions/1 with codeUri"
call PUT "models/rest-model/versions/1$q" -d "{
    \"properties\": {
        \"modelUri\": \"azureml:/$id/datastores/$datastore/paths/rest/model\",
    }
}"
works "200 201" Assets "PUT models/{name}/versions/1 with modelUri azureml://"
call PUT "environments/rest-environment/versions/1$q" -d '{
    "properties": {
        "condaFile": "name: plain
channels: [conda-forge]
dependencies:
  - python=3.11
",
        "image": "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest",
    }
}'
works "200 201" Assets "PUT environments/{name}/versions/1, condaFile with raw line breaks"

call PUT "onlineEndpoints/rest-token$q" -d '{"identity": {"type": "systemAssigned"}, "properties": {"authMode": "AMLToken"}, "location": "local",}'
works "200 201" Endpoint "PUT onlineEndpoints/{name} with authMode AMLToken"
polled Endpoint "… polled by properties.properties.AzureAsyncOperationUri"
call GET "onlineEndpoints/rest-token$q"
scoring=$(printf '%s' "$answer" | field scoringUri)
call POST "onlineEndpoints/rest-token/token$q" -H 'Content-Length: 0'
works 200 Endpoint "POST onlineEndpoints/{name}/token"
access=$(printf '%s' "$answer" | field accessToken)
tokens=$scoring

call PUT "onlineEndpoints/rest-walk$q" -d '{"identity": {"type": "systemAssigned"}, "properties": {"authMode": "key"}, "location": "local",}'
works "200 201" Endpoint "PUT onlineEndpoints/{name} with authMode key"
polled Endpoint "… polled until it has succeeded"

deployment="{
    \"location\": \"local\",
    \"sku\": {\"capacity\": \"1\", \"name\": \"default\"},
    \"properties\": {
        \"endpointComputeType\": \"managed\",
        \"model\": \"$id/models/rest-model/versions/1\",
        \"codeConfiguration\": {\"codeId\": \"$id/codes/rest-code/versions/1\", \"scoringScript\": \"score.py\"},
        \"environmentId\": \"$id/environments/rest-environment/versions/1\",
        \"instanceType\": \"Standard_DS3_v2\",
        \"requestSettings\": {\"maxConcurrentRequestsPerInstance\": \"4\",},
    },
}"
call PUT "onlineEndpoints/rest-walk/deployments/blue$q" -d "$deployment"
works "200 201" Deployment "PUT deployments/{name}, trailing commas and numbers in quotes"
polled Deployment "… polled until it has succeeded"
call GET "onlineEndpoints/rest-walk/deployments/blue$q"
if [ "$(printf '%s' "$answer" | field maxConcurrentRequestsPerInstance)" = 4 ]; then
    record Deployment "GET deployments/{name}, defaults filled in" works ""
else
    record Deployment "GET deployments/{name}, defaults filled in" failed "$status $answer"
fi

call GET "onlineEndpoints/rest-walk$q"
works 200 Endpoint "GET onlineEndpoints/{name}"
scoring=$(printf '%s' "$answer" | field scoringUri)
call PATCH "onlineEndpoints/rest-walk$q" -d '{"properties": {"traffic": {"blue": 100}}, "tags": {"by": "curl"}}'
works "200 202" Endpoint "PATCH onlineEndpoints/{name}: traffic, tags"
deadline=$((SECONDS + 60))
while call GET "onlineEndpoints/rest-walk$q" && [ "$(printf '%s' "$answer" | field provisioningState)" != Succeeded ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done

call POST "onlineEndpoints/rest-walk/listKeys$q" -H 'Content-Length: 0'
works 200 Endpoint "POST onlineEndpoints/{name}/listKeys"
key=$(printf '%s' "$answer" | field primaryKey)

score "$key"
if [ "$status" = 200 ] && [ "$(printf '%s' "$answer" | field greeting)" = hello ]; then
    record Scoring "POST the scoring URI with the key" works ""
else
    record Scoring "POST the scoring URI with the key" failed "$status $answer"
fi
score "$key" "azureml-model-deployment: blue"
works 200 Scoring "POST with azureml-model-deployment"
score wrong
if [ "$status" = 401 ]; then
    record Scoring "POST with another key" refused "401 $answer"
else
    record Scoring "POST with another key" failed "$status $answer"
fi

call PUT "onlineEndpoints/rest-token/deployments/blue$q" -d "$deployment"
works "200 201" Deployment "PUT deployments/{name} of an endpoint with authMode AMLToken"
polled Deployment "… polled until it has succeeded, too"
scoring=$tokens
score "$access" "azureml-model-deployment: blue"
works 200 Scoring "POST the scoring URI with the token of an endpoint with authMode AMLToken"
score "$key" "azureml-model-deployment: blue"
if [ "$status" = 401 ]; then
    record Scoring "POST the scoring URI of an endpoint with authMode AMLToken with another's key" refused "401 $(printf '%s' "$answer" | field message)"
else
    record Scoring "POST the scoring URI of an endpoint with authMode AMLToken with another's key" failed "$status $answer"
fi

call POST "onlineEndpoints/rest-walk/deployments/blue/getLogs$q" -d '{"tail": 100}'
works 200 Deployment "POST deployments/{name}/getLogs"
call GET "onlineEndpoints/rest-walk/deployments/blue/skus$q"
works 200 Deployment "GET deployments/{name}/skus"
call PATCH "onlineEndpoints/rest-walk/deployments/blue$q" -d '{"sku": {"capacity": 2}}'
works "200 202" Deployment "PATCH deployments/{name}: sku.capacity"
location=$(grep -i '^location:' "$headers" | tr -d '\r' | cut -d' ' -f2-)
deadline=$((SECONDS + 120))
while call GET "${location:-none}" && [ "$status" = 202 ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
works "200 204" Deployment "… polled by Location until it is not 202"
call POST "onlineEndpoints/rest-walk/regenerateKeys$q" -d '{"keyType": "Primary", "keyValue": ""}'
works "200 202" Endpoint "POST onlineEndpoints/{name}/regenerateKeys"

# --- mistakes ------------------------------------------------------------------------------------------------------------

call GET onlineEndpoints/rest-walk
refused 400 MissingApiVersionParameter Mistakes "a call without api-version"
call GET "onlineEndpoints/nobody$q"
refused 404 ResourceNotFound Mistakes "GET of what is not there"
call PUT "onlineEndpoints/rest-walk$q" -d 'not json'
refused 400 InvalidRequestContent Mistakes "a body that is no JSON"
call PUT "onlineEndpoints/1$q" -d '{"properties": {"authMode": "key"}}'
if [ "$status" = 400 ]; then
    record Mistakes "a bad endpoint name" refused "400 $(printf '%s' "$answer" | field code): $(printf '%s' "$answer" | field message)"
else
    record Mistakes "a bad endpoint name" failed "$status $answer"
fi
call DELETE "onlineEndpoints/rest-walk/deployments/blue$q"
if [ "$status" -ge 400 ] && [ "$status" -lt 500 ]; then
    record Mistakes "DELETE of a deployment that takes traffic" refused "$status $(printf '%s' "$answer" | field code): $(printf '%s' "$answer" | field message)"
else
    record Mistakes "DELETE of a deployment that takes traffic" failed "$status $answer"
fi
kept=$token
token=nonsense
call GET "$id$q"
token=$kept
if [ "$status" = 401 ]; then
    record Mistakes "a token that is none" refused "401 $(printf '%s' "$answer" | field code): $(printf '%s' "$answer" | field message)"
else
    record Mistakes "a token that is none" failed "$status $answer"
fi
call PUT "batchEndpoints/rest-batch$q" -d '{"properties": {"authMode": "aadToken"}, "location": "local"}'
later Batch "PUT batchEndpoints/{name}"
call PUT "computes/batch-cluster$q" -d '{"properties": {"computeType": "AmlCompute", "properties": {"scaleSettings": {"maxNodeCount": 5, "minNodeCount": 0}}}, "location": "local",}'
later Batch "PUT computes/{name}"

for endpoint in rest-walk rest-token; do
    call DELETE "onlineEndpoints/$endpoint$q"
    location=$(grep -i '^location:' "$headers" | tr -d '\r' | cut -d' ' -f2-)
    deadline=$((SECONDS + 120))
    while call GET "${location:-none}" && [ "$status" = 202 ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
done
works "200 204" Endpoint "DELETE onlineEndpoints/{name}, polled by Location"

finish curl
