"""The scoring script of both deployments: init() once per worker, run() per request."""

import json
import logging
import os

import joblib

model = None


def init():
    global model
    folder = [entry.path for entry in os.scandir(os.environ["AZUREML_MODEL_DIR"]) if entry.is_dir()][0]
    model = joblib.load(os.path.join(folder, "model.joblib"))
    logging.info("loaded %s", type(model).__name__)


def run(raw_data):
    rows = json.loads(raw_data)["data"]
    return {"model": type(model).__name__, "progression": [round(value, 1) for value in model.predict(rows)]}
