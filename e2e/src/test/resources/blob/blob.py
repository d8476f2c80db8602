"""One blob, by Azure's own library: blob.py HOST HOME upload|exists|digest NAME [FILE]"""
import hashlib
import os
import pathlib
import sys

from azure.storage.blob import BlobClient

host, home, verb, name = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
client = BlobClient(f"https://{host}/farolstore.blob.core.windows.net", "azureml-blobstore-large", name,
                    credential=(home / "identity/storage.key").read_text().strip(),
                    connection_verify=str(home / "tls/ca.pem"),
                    max_block_size=4 << 20, max_single_put_size=4 << 20, retry_total=0)
if verb == "upload":
    file = sys.argv[5]
    with open(file, "rb") as content:
        client.upload_blob(content, overwrite=True, max_concurrency=4, length=os.path.getsize(file))
elif verb == "exists":
    print(client.exists())
else:
    digest = hashlib.sha256()
    for chunk in client.download_blob(max_concurrency=2).chunks():
        digest.update(chunk)
    print(digest.hexdigest())
