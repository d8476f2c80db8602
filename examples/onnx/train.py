"""Trains a classifier of iris flowers and saves it as ONNX: pip install scikit-learn skl2onnx; python train.py"""

from pathlib import Path

from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

features, kinds = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500).fit(features, kinds)
onnx = to_onnx(model, features[:1].astype("float32"), options={"zipmap": False}, target_opset=17)
Path(__file__).with_name("iris").mkdir(exist_ok=True)
Path(__file__).with_name("iris").joinpath("model.onnx").write_bytes(onnx.SerializeToString())
