"""Every operation that clients of Azure Storage use, with every kind of credential, by Azure's own library.

Prints a line per case and ends with 1 when one went wrong."""
import datetime
import json
import os
import pathlib
import ssl
import sys
import urllib.request
import uuid
import warnings

from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.core.exceptions import (ClientAuthenticationError, HttpResponseError, ResourceExistsError,
                                   ResourceModifiedError, ResourceNotFoundError)
from azure.storage.blob import (AccountSasPermissions, BlobBlock, BlobClient, BlobServiceClient, ContainerClient,
                                ContainerSasPermissions, BlobSasPermissions, ContentSettings, ResourceTypes,
                                generate_account_sas, generate_blob_sas, generate_container_sas)

warnings.filterwarnings("ignore")
host, home = sys.argv[1], pathlib.Path(sys.argv[2])
key = (home / "identity/storage.key").read_text().strip()
ca = str(home / "tls/ca.pem")
asked = urllib.request.Request(
    f"https://{host}/msi/token?api-version=2019-08-01&resource=https://storage.azure.com",
    headers={"X-IDENTITY-HEADER": (home / "identity/secret").read_text().strip()})
with urllib.request.urlopen(asked, context=ssl.create_default_context(cafile=ca)) as answer:
    token = json.load(answer)["access_token"]
url = f"https://{host}/farolstore.blob.core.windows.net"
NAMES = ["plain.txt", "with space/and more.txt", "ünïcode/モデル.bin", "percent%41/100%.txt", "a+b&c=d.txt",
         "trailing.", "dots.../x..y", "quote'\"<&>.txt", "#hash?question.txt", "~tilde[1]{2}@!$,;.txt"]
now = datetime.datetime.now(datetime.timezone.utc)
later = now + datetime.timedelta(hours=1)
failed = []


class Bearer:
    def get_token(self, *scopes, **kwargs):
        return AccessToken(token, int(later.timestamp()))


def options():
    return {"connection_verify": ca, "retry_total": 0}


def refuses(kind, call):
    try:
        call()
    except kind as refused:
        return refused
    raise AssertionError(f"not refused with {kind.__name__}")


def case(name, run):
    try:
        run()
        print("ok     ", name)
    except Exception as error:
        failed.append(name)
        print("FAILED ", name, type(error).__name__, str(error).split("\n")[0], getattr(error, "error_code", ""))


def names(container):
    for name in NAMES:
        blob = container.get_blob_client(name)
        blob.upload_blob(name.encode(), overwrite=True)
        assert blob.download_blob().readall() == name.encode(), name
    assert sorted(NAMES) == sorted(b.name for b in container.list_blobs() if b.name in NAMES)


def blobs(container, may_delete):
    blob = container.get_blob_client("dir/one.bin")
    data = os.urandom(9 << 20)
    blob.upload_blob(data, overwrite=True, metadata={"k": "v"}, max_concurrency=4,
                     content_settings=ContentSettings(content_type="a/b", cache_control="no-store"))
    assert blob.exists()
    got = blob.get_blob_properties()
    assert (got.size, got.metadata, got.content_settings.content_type) == (len(data), {"k": "v"}, "a/b")
    assert blob.download_blob(max_concurrency=4).readall() == data
    assert blob.download_blob(offset=5, length=7).readall() == data[5:12]
    assert refuses(ResourceExistsError, lambda: blob.upload_blob(b"x")).error_code == "BlobAlreadyExists"
    blob.set_blob_metadata({"upload_status": "completed"})
    assert blob.get_blob_properties().metadata == {"upload_status": "completed"}
    blob.set_http_headers(ContentSettings(content_type="c/d"))
    assert blob.get_blob_properties().content_settings.content_type == "c/d"
    etag = blob.get_blob_properties().etag
    blob.download_blob(etag=etag, match_condition=MatchConditions.IfNotModified).readall()
    refuses(ResourceModifiedError, lambda: blob.upload_blob(
        b"x", overwrite=True, etag='"0x1"', match_condition=MatchConditions.IfNotModified))
    refuses(HttpResponseError, lambda: blob.download_blob(if_modified_since=now + datetime.timedelta(hours=2)).readall())
    refuses(HttpResponseError, lambda: blob.download_blob(if_unmodified_since=now - datetime.timedelta(days=2)).readall())


def blocks(container, may_delete):
    blob = container.get_blob_client(f"blocks/{uuid.uuid4()}")
    ids = [f"{i:08d}" for i in range(3)]
    for i in reversed(ids):
        blob.stage_block(i, (i * 10).encode())
    committed, waiting = blob.get_block_list("all")
    assert committed == [] and sorted(b.id for b in waiting) == ids, (committed, [b.id for b in waiting])
    blob.commit_block_list([BlobBlock(i) for i in ids], metadata={"a": "b"})
    assert blob.download_blob().readall() == "".join(i * 10 for i in ids).encode()
    assert refuses(HttpResponseError, lambda: blob.commit_block_list([BlobBlock("missing1")])
                   ).error_code == "InvalidBlockList"


def lists(container, may_delete):
    for name in ["l/a", "l/b/1", "l/b/2", "l/c"]:
        container.get_blob_client(name).upload_blob(b"x", overwrite=True, metadata={"m": "1"})
    assert [b.name for b in container.list_blobs(name_starts_with="l/")] == ["l/a", "l/b/1", "l/b/2", "l/c"]
    assert sorted(b.name for b in container.walk_blobs(name_starts_with="l/", delimiter="/")) == ["l/a", "l/b/", "l/c"]
    assert [b.metadata for b in container.list_blobs(name_starts_with="l/a", include=["metadata"])] == [{"m": "1"}]
    pages = list(container.list_blobs(name_starts_with="l/", results_per_page=1).by_page())
    assert len([list(p) for p in pages]) == 4


def copies(container, may_delete):
    source = container.get_blob_client("copy/from.txt")
    source.upload_blob(b"content", overwrite=True, metadata={"k": "v"})
    for each in ("start", "put"):
        target = container.get_blob_client(f"copy/{each} to.txt")
        if each == "start":
            assert target.start_copy_from_url(source.url)["copy_status"] == "success"
        else:
            target.upload_blob_from_url(source.url, overwrite=True)
        assert target.download_blob().readall() == b"content"
        assert target.get_blob_properties().metadata == {"k": "v"}
    target = container.get_blob_client("copy/block.txt")
    target.stage_block_from_url("00000001", source.url, 1, 3)
    target.commit_block_list([BlobBlock("00000001")])
    assert target.download_blob().readall() == b"ont"


def deletes(container, may_delete):
    blob = container.get_blob_client("gone")
    blob.upload_blob(b"x", overwrite=True)
    if may_delete:
        blob.delete_blob()
        assert not blob.exists()
        refuses(ResourceNotFoundError, blob.delete_blob)
    else:
        assert refuses(HttpResponseError, blob.delete_blob).error_code == "AuthorizationPermissionMismatch"


def digests(container, may_delete):
    blob = container.get_blob_client("digest")
    blob.upload_blob(b"right", overwrite=True, validate_content=True)
    assert blob.download_blob(validate_content=True).readall() == b"right"


def containers(service, may_delete):
    name = f"made-{uuid.uuid4().hex[:8]}"
    made = service.create_container(name, metadata={"a": "b"})
    assert made.exists() and made.get_container_properties().metadata == {"a": "b"}
    assert refuses(ResourceExistsError, lambda: service.create_container(name)).error_code == "ContainerAlreadyExists"
    made.upload_blob("x", b"1")
    assert name in [c.name for c in service.list_containers(name_starts_with="made-")]
    made.delete_container()
    assert not made.exists()
    refuses(ResourceNotFoundError, lambda: made.get_blob_client("x").download_blob())
    refuses(HttpResponseError, lambda: service.create_container("Bad_Name"))


box = "azureml-blobstore-" + str(uuid.uuid4())
account_sas = generate_account_sas("farolstore", key, ResourceTypes(service=True, container=True, object=True),
                                   AccountSasPermissions(read=True, write=True, delete=True, list=True, add=True, create=True),
                                   later)
container_sas = generate_container_sas("farolstore", box, key, permission="racwl", expiry=later)
credentials = {"key": key, "named key": {"account_name": "farolstore", "account_key": key}, "bearer": Bearer(),
               "account sas": account_sas, "container sas": container_sas}
for kind, credential in credentials.items():
    service = BlobServiceClient(url, credential=credential, **options())
    container = service.get_container_client(box)
    everything = kind != "container sas"
    case(f"{kind}: names", lambda: names(container))
    for operation in (blobs, blocks, lists, copies, digests, deletes):
        case(f"{kind}: {operation.__name__}", lambda: operation(container, everything))
    if everything:
        case(f"{kind}: containers", lambda: containers(service, True))
        case(f"{kind}: account", lambda: service.get_account_information()["sku_name"])
    else:
        case(f"{kind}: no new containers", lambda: refuses(HttpResponseError, lambda: service.create_container("made-x")))


def blob_sas(name, **how):
    signature = generate_blob_sas("farolstore", box, name, account_key=how.pop("account_key", key),
                                  **{"permission": "r", "expiry": later, **how})
    return BlobClient(url, box, name, credential=signature, **options())


def refused(code, name, **how):
    error = refuses(HttpResponseError, lambda: blob_sas(name, **how).download_blob().readall())
    assert error.error_code == code, error.error_code


for name in NAMES:
    case(f"blob sas: {name}", lambda: blob_sas(name).download_blob().readall())
other = "A" * 86 + "=="
plain = "plain.txt"
case("blob sas: expired", lambda: refused("AuthenticationFailed", plain, expiry=now - datetime.timedelta(minutes=1)))
case("blob sas: not yet", lambda: refused("AuthenticationFailed", plain, start=now + datetime.timedelta(minutes=5)))
case("blob sas: other key", lambda: refused("AuthenticationFailed", plain, account_key=other))
case("blob sas: write only", lambda: refused("AuthorizationPermissionMismatch", plain, permission="w"))
case("blob sas: http only", lambda: refused("AuthorizationProtocolMismatch", plain, protocol="http"))
case("blob sas: https", lambda: blob_sas(plain, protocol="https").download_blob().readall())
case("blob sas: read does not write", lambda: refuses(HttpResponseError, lambda: blob_sas(plain).upload_blob(b"x", overwrite=True)))
case("blob sas: headers", lambda: "x.bin" in blob_sas(plain, content_disposition="attachment; filename=x.bin").get_blob_properties().content_settings.content_disposition)
case("blob sas: another blob", lambda: refuses(HttpResponseError, lambda: BlobClient(
    url, box, "dir/one.bin", credential=generate_blob_sas("farolstore", box, plain, account_key=key, permission="r", expiry=later),
    **options()).download_blob().readall()))
case("container sas: another container", lambda: refuses(HttpResponseError, lambda: list(ContainerClient(
    url, "snap-other", credential=container_sas, **options()).list_blobs())))
case("container sas: create does not overwrite", lambda: refuses(HttpResponseError, lambda: ContainerClient(
    url, box, credential=generate_container_sas("farolstore", box, key, permission="c", expiry=later), **options()
).get_blob_client(plain).upload_blob(b"x", overwrite=True)))
case("account sas: objects only", lambda: refuses(HttpResponseError, lambda: list(BlobServiceClient(
    url, credential=generate_account_sas("farolstore", key, "o", "rl", later), **options()).list_containers())))
case("key: wrong", lambda: refuses(ClientAuthenticationError, lambda: BlobServiceClient(
    url, credential=other, **options()).get_container_client(box).get_blob_client(plain).download_blob()))
case("bearer: wrong", lambda: refuses(ClientAuthenticationError, lambda: BlobServiceClient(
    url, credential=type("T", (), {"get_token": lambda self, *a, **k: AccessToken("nonsense", int(later.timestamp()))})(),
    **options()).get_container_client(box).get_blob_client(plain).download_blob()))
case("nobody", lambda: refuses(HttpResponseError, lambda: BlobServiceClient(url, **options()).get_container_client(box).get_blob_client(plain).download_blob()))
print(f"{len(failed)} failed")
sys.exit(1 if failed else 0)
