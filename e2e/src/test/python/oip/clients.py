"""Unmodified clients of other people against a model repository; prints a line for each case.

python clients.py WHOSE HTTP GRPC AUTHORITY KEY: WHOSE is triton, kserve (both in a process refuse each other's messages) or raw; HTTP is host:port[/path], GRPC host:port; AUTHORITY and KEY may be empty.
"""

import asyncio
import json
import queue
import sys
import traceback

import numpy as np

WHOSE, HTTP, GRPC, AUTHORITY, KEY = sys.argv[1:6]
if WHOSE == "triton":
    import tritonclient.grpc as tg
    import tritonclient.http as th
    from tritonclient.grpc import service_pb2
    from tritonclient.utils import InferenceServerException
elif WHOSE == "kserve":
    from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig
    from kserve.constants.constants import PredictorProtocol

HEADERS = {"authorization": f"Bearer {KEY}"} if KEY else {}
LIMIT = 15
good = bad = 0


def plugin(kit, headers):
    class Bearer(kit.InferenceServerClientPlugin):
        def __call__(self, request):
            request.headers.update(headers)
    return Bearer()


def http_client(**more):
    client = th.InferenceServerClient(HTTP, connection_timeout=LIMIT, network_timeout=LIMIT, **more)
    client.register_plugin(plugin(th, HEADERS))
    return client


def grpc_client():
    options = [("grpc.default_authority", AUTHORITY)] if AUTHORITY else []
    client = tg.InferenceServerClient(GRPC, channel_args=options)
    client.register_plugin(plugin(tg, HEADERS))
    return client


def case(name):
    """Runs the function at once, and tells what became of it."""
    def run(body):
        global good, bad
        try:
            body()
            good += 1
            print("ok", name, flush=True)
        except Exception as failure:
            bad += 1
            where = traceback.extract_tb(failure.__traceback__)[-1]
            print("FAILED", name, "::", (repr(failure) + " " + str(failure))[:400], "line", where.lineno, flush=True)
    return run


def same(actual, expected):
    assert np.array_equal(actual, expected), f"{actual!r} (expected: {expected!r})"


def equal(actual, expected):
    assert actual == expected, f"{actual!r} (expected: {expected!r})"


def refused(call, words, status=None):
    try:
        call()
    except InferenceServerException as failure:
        assert words in failure.message(), f"{failure.message()!r} (expected: {words!r})"
        if status is not None:
            assert str(status) in str(failure.status()), f"{failure.status()} (expected: {status})"
        return
    raise AssertionError(f"answered (expected: {words!r})")


def tensor(kit, name, array, datatype, **how):
    given = kit.InferInput(name, list(array.shape), datatype)
    given.set_data_from_numpy(array, **how)
    return given


def pair(kit, rows=1, width=16, datatype="INT32", of=np.int32, **how):
    a = np.arange(rows * width).astype(of).reshape(rows, width)
    b = np.ones((rows, width), of)
    return a, b, [tensor(kit, "INPUT0", a, datatype, **how), tensor(kit, "INPUT1", b, datatype, **how)]


SAMPLES = {
    "BOOL": np.array([[True, False, True]]),
    "BYTES": np.array([[b"", "größe".encode(), b"x" * 300]], dtype=object),
    "FP16": np.array([[1.5, -0.1, 65504]], np.float16), "FP32": np.array([[1.5, -0.1, 3.4e38]], np.float32),
    "FP64": np.array([[1.5, -0.1, 1.7e308]], np.float64),
    **{name: np.array([[np.iinfo(of).min, 1, np.iinfo(of).max]], of) for name, of in {
        "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64, "INT8": np.int8, "INT16": np.int16, "INT32": np.int32,
        "INT64": np.int64}.items()},
}


def about(kit, client, kind):
    """What servers and models say of themselves; the same of both protocols but for the answers' type."""
    rest = kind == "http"
    form = {} if rest else {"as_json": True}

    @case(f"{kind}: live, ready")
    def _():
        assert client.is_server_live() and client.is_server_ready()

    @case(f"{kind}: server metadata")
    def _():
        told = client.get_server_metadata(**form)
        equal(told["name"], "triton")
        assert "binary_tensor_data" in told["extensions"], told

    @case(f"{kind}: model ready, by version, not there")
    def _():
        assert client.is_model_ready("simple") and client.is_model_ready("versioned", "3")
        assert not client.is_model_ready("versioned", "2") and not client.is_model_ready("nobody")

    @case(f"{kind}: model metadata")
    def _():
        told = client.get_model_metadata("simple", **form)
        equal((told["name"], told["versions"], told["platform"]), ("simple", ["1"], "onnxruntime_onnx"))
        equal([(i["name"], i["datatype"], [int(d) for d in i["shape"]]) for i in told["inputs"]],
              [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])])
        equal(client.get_model_metadata("versioned", "1", **form)["versions"], ["1", "3"])

    @case(f"{kind}: metadata of nobody")
    def _():
        refused(lambda: client.get_model_metadata("nobody"), "Request for unknown model: 'nobody' is not found")

    @case(f"{kind}: metadata of a version that is not served")
    def _():
        refused(lambda: client.get_model_metadata("versioned", "2"), "Request for unknown model: 'versioned' version 2 is not found")

    @case(f"{kind}: model config")
    def _():
        told = client.get_model_config("batched", **form)
        told = told if rest else told["config"]
        equal((told["name"], told["max_batch_size"], told["backend"]), ("batched", 64, "onnxruntime"))
        equal([int(each) for each in told["dynamic_batching"]["preferred_batch_size"]], [4, 8])
        equal((told["instance_group"][0]["count"], told["instance_group"][0]["kind"]), (2, "KIND_CPU"))
        equal(told["parameters"]["of"]["string_value"], "the test")

    @case(f"{kind}: config of what nobody configured")
    def _():
        told = client.get_model_config("unsaid", **form)
        told = told if rest else told["config"]
        equal((told["max_batch_size"], [int(d) for d in told["input"][0]["dims"]]), (4, [16]))
        assert "dynamic_batching" in told

    @case(f"{kind}: config of an ensemble")
    def _():
        told = client.get_model_config("ensemble", **form)
        told = told if rest else told["config"]
        equal([step["model_name"] for step in told["ensemble_scheduling"]["step"]], ["batched", "simple"])

    @case(f"{kind}: index")
    def _():
        told = client.get_model_repository_index(**form)
        told = told if rest else told["models"]
        states = {(each["name"], each["version"]): each["state"] for each in told}
        equal(states[("simple", "1")], "READY")
        assert ("versioned", "2") not in states and ("versioned", "3") in states, states

    @case(f"{kind}: statistics")
    def _():
        before = int(client.get_inference_statistics("scores", **form)["model_stats"][0].get("inference_count", 0))
        client.infer("scores", [tensor(kit, "IN", np.zeros((3, 4), np.float32), "FP32")])
        told = client.get_inference_statistics("scores", **form)["model_stats"][0]
        equal(int(told["inference_count"]), before + 3)
        sums = told["inference_stats"]
        parts = {name: int(sums[name]["ns"]) for name in ("success", "compute_input", "compute_infer", "compute_output")}
        assert all(parts.values()) and parts["success"] >= sum(parts.values()) - parts["success"], parts
        equal({sums[name]["count"] for name in parts}, {sums["queue"]["count"]})
        (rows,) = [each for each in told["batch_stats"] if int(each["batch_size"]) == 3]
        assert all(int(rows[name]["ns"]) for name in parts if name != "success"), rows
        assert len(client.get_inference_statistics(**form)["model_stats"]) > 15

    @case(f"{kind}: unload and load")
    def _():
        client.unload_model("whole")
        assert not client.is_model_ready("whole")
        refused(lambda: client.infer("whole", pair(kit)[2]), "has no available versions")
        client.load_model("whole")
        assert client.is_model_ready("whole")

    @case(f"{kind}: load what is not there")
    def _():
        refused(lambda: client.load_model("nobody"), "failed to load 'nobody'")

    @case(f"{kind}: load with a config of the caller's")
    def _():
        def rows():
            told = client.get_model_config("simple", **form)
            return (told if rest else told["config"])["max_batch_size"]
        refused(lambda: client.load_model("simple", config='"parameters": {"config": {{"max_batch_size": "16"}}}'), "failed to load 'simple'")
        equal(rows(), 8)
        client.load_model("simple", config='{"max_batch_size":"16"}')
        equal(rows(), 16)
        a, b, inputs = pair(kit, 12)
        same(client.infer("simple", inputs).as_numpy("OUTPUT0"), a + b)
        client.load_model("simple")
        equal(rows(), 8)

    @case(f"{kind}: load the config that is shown")
    def _():
        if rest:
            shown = client.get_model_config("batched")
            client.load_model("batched", config=json.dumps(shown))
            equal(client.get_model_config("batched"), shown)

    @case(f"{kind}: load with files of the caller's")
    def _():
        refused(lambda: client.load_model("simple", config="{}", files={"file:1/model.onnx": b"x"}), "is not supported (expected: config)")
        assert client.is_model_ready("simple")

    @case(f"{kind}: warm-up in the config")
    def _():
        told = client.get_model_config("batched", **form)
        (warm,) = (told if rest else told["config"])["model_warmup"]
        equal((warm["name"], warm["batch_size"], warm["count"], warm["inputs"]["INPUT0"]["zero_data"], warm["inputs"]["INPUT1"]["random_data"]),
              ("rows", 4, 2, True, True))
        equal([int(each) for each in warm["inputs"]["INPUT0"]["dims"]], [16])

    @case(f"{kind}: a version that is no number")
    def _():
        refused(lambda: client.infer("simple", pair(kit)[2], model_version="wrong"), "failed to get model version from specified version string 'wrong'")


def infers(kit, client, kind, hows):
    """Inference, good and bad, for each way in which data can be sent."""
    for how, more, outputs_how in hows:
        if kind == "http":
            wanted = lambda name: kit.InferRequestedOutput(name, **outputs_how)
        else:
            wanted = kit.InferRequestedOutput
        for name, sample in SAMPLES.items():
            if name == "FP16" and more.get("binary_data") is False:
                continue

            @case(f"{kind} {how}: identity of {name}")
            def _():
                answer = client.infer(f"identity_{name.lower()}", [tensor(kit, "IN", sample, name, **more)], outputs=[wanted("OUT")])
                got = answer.as_numpy("OUT")
                if name == "BYTES" and got.dtype == object and isinstance(got.flat[0], str):
                    got = np.array([each.encode() for each in got.flat], dtype=object).reshape(got.shape)
                same(got, sample)
                equal(got.dtype, sample.dtype)

        @case(f"{kind} {how}: add and subtract")
        def _():
            a, b, inputs = pair(kit, **more)
            answer = client.infer("simple", inputs, outputs=[wanted("OUTPUT0"), wanted("OUTPUT1")], request_id="7")
            same(answer.as_numpy("OUTPUT0"), a + b)
            same(answer.as_numpy("OUTPUT1"), a - b)
            told = answer.get_response()
            equal((told["id"], told["model_name"], told["model_version"]) if kind == "http" else (told.id, told.model_name, told.model_version),
                  ("7", "simple", "1"))

        @case(f"{kind} {how}: eight rows")
        def _():
            a, b, inputs = pair(kit, 8, **more)
            same(client.infer("simple", inputs, outputs=[wanted("OUTPUT0")]).as_numpy("OUTPUT0"), a + b)

        @case(f"{kind} {how}: strings")
        def _():
            a = np.array([[str(i) for i in range(16)]], dtype=object)
            ones = np.array([["1"] * 16], dtype=object)
            answer = client.infer("simple_string", [tensor(kit, "INPUT0", a, "BYTES", **more), tensor(kit, "INPUT1", ones, "BYTES", **more)],
                                  outputs=[wanted("OUTPUT0"), wanted("OUTPUT1")])
            equal([int(each) for each in answer.as_numpy("OUTPUT0").flat], [i + 1 for i in range(16)])
            equal([int(each) for each in answer.as_numpy("OUTPUT1").flat], [i - 1 for i in range(16)])

        @case(f"{kind} {how}: ensemble")
        def _():
            a = np.arange(32, dtype=np.int32).reshape(2, 16)
            b = np.full((2, 16), 5, np.int32)
            answer = client.infer("ensemble", [tensor(kit, "A", a, "INT32", **more), tensor(kit, "B", b, "INT32", **more)])
            same(answer.as_numpy("TWICE_A"), 2 * a)
            same(answer.as_numpy("TWICE_B"), 2 * b)

        @case(f"{kind} {how}: another shape than the model's")
        def _():
            a = np.arange(12, dtype=np.float32).reshape(2, 6)
            same(client.infer("reshaped", [tensor(kit, "IN", a, "FP32", **more)]).as_numpy("OUT"), a)

        @case(f"{kind} {how}: no elements")
        def _():
            a = np.zeros((0, 3), np.float32)
            equal(client.infer("identity_fp32", [tensor(kit, "IN", a, "FP32", **more)], outputs=[wanted("OUT")]).as_numpy("OUT").shape, (0, 3))

        def no(name, model, inputs, words, **options):
            case(f"{kind} {how}: refused: {name}")(lambda: refused(lambda: client.infer(model, inputs(), **options), words))

        no("unknown model", "nobody", lambda: pair(kit, **more)[2], "Request for unknown model")
        no("unknown version", "simple", lambda: pair(kit, **more)[2], "version 9 is not found", model_version="9")
        no("no version", "simple", lambda: pair(kit, **more)[2], "version should be an integer > 0", model_version="x")
        no("nine rows", "simple", lambda: pair(kit, 9, **more)[2], "batch-size must be <= 8")
        no("wrong width", "simple", lambda: pair(kit, 1, 15, **more)[2], "unexpected shape for input 'INPUT0' for model 'simple'")
        no("wrong type", "simple", lambda: pair(kit, datatype="FP32", of=np.float32, **more)[2], "data-type is 'FP32'")
        no("an input missing", "simple", lambda: pair(kit, **more)[2][:1], "expected 2 inputs but got 1 inputs for model 'simple'")
        no("no inputs", "simple", lambda: [], "expected 2 inputs but got 0 inputs")
        no("an input twice", "simple", lambda: pair(kit, **more)[2] + pair(kit, **more)[2][:1], "twice")
        no("unknown input", "simple", lambda: [*pair(kit, **more)[2], tensor(kit, "X", np.zeros((1, 1), np.int32), "INT32", **more)],
           "unexpected inference input 'X' for model 'simple'")
        no("unknown output", "simple", lambda: pair(kit, **more)[2], "unexpected inference output 'X' for model 'simple'",
           outputs=[kit.InferRequestedOutput("X")])
        no("unequal rows", "simple",
           lambda: [pair(kit, 1, **more)[2][0], pair(kit, 2, **more)[2][1]], "batch size does not match other inputs")
        no("rank", "simple", lambda: [tensor(kit, n, np.zeros(16, np.int32), "INT32", **more) for n in ("INPUT0", "INPUT1")], "unexpected shape")
        no("strings that are no numbers", "simple_string",
           lambda: [tensor(kit, n, np.array([["x"] * 16], dtype=object), "BYTES", **more) for n in ("INPUT0", "INPUT1")], "")

    @case(f"{kind}: versions")
    def _():
        a = np.array([1, 2], np.float32)
        for version, factor in (("1", 1), ("3", 3), ("", 3)):
            same(client.infer("versioned", [tensor(kit, "IN", a, "FP32")], model_version=version).as_numpy("OUT"), a * factor)

    @case(f"{kind}: classes")
    def _():
        a = np.array([[.1, .5, .3, .2], [4, 3, 2, 1]], np.float32)
        got = client.infer("scores", [tensor(kit, "IN", a, "FP32")], outputs=[kit.InferRequestedOutput("OUT", class_count=2)]).as_numpy("OUT")
        equal([[each.decode() if isinstance(each, bytes) else each for each in row] for row in got],
              [["0.500000:1:bee", "0.300000:2:cat"], ["4.000000:0:ant", "3.000000:1:bee"]])

    @case(f"{kind}: parameters, priority and timeout are taken")
    def _():
        client.infer("simple", pair(kit)[2], priority=1, timeout=1_000_000, parameters={"mine": "yes", "n": 3})

    @case(f"{kind}: what waits longer than its timeout is refused")
    def _():
        # It waits for company.
        refused(lambda: client.infer("batched", pair(kit)[2], timeout=1), "Request timeout expired")
        client.infer("batched", pair(kit)[2], timeout=60_000_000)


def http_only(client):
    for coding in ("gzip", "deflate"):
        for answer_coding in ("gzip", "deflate", None):
            @case(f"http: {coding} in, {answer_coding} out")
            def _():
                a, b, inputs = pair(th)
                answer = client.infer("simple", inputs, request_compression_algorithm=coding, response_compression_algorithm=answer_coding)
                same(answer.as_numpy("OUTPUT0"), a + b)

    @case("http: an output as JSON and one as binary data")
    def _():
        a, b, inputs = pair(th)
        answer = client.infer("simple", inputs, outputs=[th.InferRequestedOutput("OUTPUT0", binary_data=False),
                                                         th.InferRequestedOutput("OUTPUT1", binary_data=True)])
        assert "data" in answer.get_output("OUTPUT0") and "data" not in answer.get_output("OUTPUT1")
        same(answer.as_numpy("OUTPUT0"), a + b)
        same(answer.as_numpy("OUTPUT1"), a - b)

    @case("http: an input as JSON and one as binary data, and parameters in the address")
    def _():
        for model, of in (("simple", "INT32"), ("simple_string", "BYTES")):
            a, b = np.arange(16, dtype=np.int32).reshape(1, 16), np.full((1, 16), -1, np.int32)
            form = (lambda x: x) if of == "INT32" else (lambda x: np.array([str(each).encode() for each in x.flat], object).reshape(x.shape))
            inputs = [tensor(th, "INPUT0", form(a), of, binary_data=False), tensor(th, "INPUT1", form(b), of, binary_data=True)]
            for outputs in (None, [th.InferRequestedOutput("OUTPUT0", binary_data=True), th.InferRequestedOutput("OUTPUT1", binary_data=False)]):
                answer = client.infer(model, inputs, outputs=outputs, query_params={"test_1": 1, "test_2": 2}, headers={"test": "1"})
                same(answer.as_numpy("OUTPUT0").astype(np.int32), a + b)
                same(answer.as_numpy("OUTPUT1").astype(np.int32), a - b)
        assert client.is_server_live(query_params={"test_1": 1})
        equal(client.get_model_metadata("simple", query_params={"test_1": 1})["name"], "simple")

    @case("http: FP16 as JSON is refused")
    def _():
        refused(lambda: client.infer("identity_fp16", [tensor(th, "IN", SAMPLES["FP16"], "FP16")],
                                     outputs=[th.InferRequestedOutput("OUT", binary_data=False)]), "sending FP16 data via JSON is not supported")

    @case("http: many at once")
    def _():
        asking = http_client(concurrency=8)
        a, b, inputs = pair(th)
        for answer in [asking.async_infer("batched", inputs) for _ in range(64)]:
            same(answer.get_result(timeout=LIMIT).as_numpy("OUTPUT0"), a + b)

    @case("http: bfloat16 as binary data")
    def _():
        given = th.InferInput("IN", [1, 2], "BF16")
        import ml_dtypes
        sample = np.array([[1.5, -2]], ml_dtypes.bfloat16)
        given.set_data_from_numpy(sample)
        same(client.infer("identity_bf16", [given]).as_numpy("OUT").astype(np.float32), sample.astype(np.float32))


def grpc_only(client):
    @case("grpc: typed contents of every type")
    def _():
        fields = {"BOOL": "bool_contents", "INT8": "int_contents", "INT16": "int_contents", "INT32": "int_contents", "INT64": "int64_contents",
                  "UINT8": "uint_contents", "UINT16": "uint_contents", "UINT32": "uint_contents", "UINT64": "uint64_contents",
                  "FP32": "fp32_contents", "FP64": "fp64_contents", "BYTES": "bytes_contents"}
        for name, field in fields.items():
            request = service_pb2.ModelInferRequest(model_name=f"identity_{name.lower()}")
            given = request.inputs.add(name="IN", datatype=name, shape=[1, 3])
            getattr(given.contents, field).extend(SAMPLES[name].flatten().tolist())
            answer = tg.InferResult(client._client_stub.ModelInfer(request, metadata=list(HEADERS.items()), timeout=LIMIT))
            same(answer.as_numpy("OUT"), SAMPLES[name])

    def raw(name, words, change):
        @case(f"grpc: refused: {name}")
        def _():
            request = service_pb2.ModelInferRequest(model_name="identity_int32")
            given = request.inputs.add(name="IN", datatype="INT32", shape=[1, 3])
            change(request, given)
            try:
                client._client_stub.ModelInfer(request, metadata=list(HEADERS.items()), timeout=LIMIT)
            except Exception as failure:
                assert words in failure.details(), failure.details()
                return
            raise AssertionError("answered")

    raw("contents and raw contents", "must not be specified when using raw_input_contents",
        lambda r, i: (i.contents.int_contents.extend([1, 2, 3]), r.raw_input_contents.append(b"x" * 12)))
    raw("too few raw bytes", "unexpected total byte size 8", lambda r, i: r.raw_input_contents.append(b"x" * 8))
    raw("too many raw contents", "expected 1 raw_input_contents", lambda r, i: r.raw_input_contents.extend([b"", b""]))
    raw("contents of another type", "in a field that is not INT32's", lambda r, i: i.contents.fp32_contents.append(1))
    raw("a huge shape", "", lambda r, i: i.shape.__setitem__(0, 1 << 40))
    raw("a negative extent", "no negative extent", lambda r, i: i.shape.__setitem__(0, -1))
    raw("no type", "datatype of input 'IN'", lambda r, i: setattr(i, "datatype", "INT33"))
    raw("shared memory", "shared memory is not supported", lambda r, i: i.parameters["shared_memory_region"].__setattr__("string_param", "x"))

    for coding in ("gzip", "deflate"):
        @case(f"grpc: {coding}")
        def _():
            a, b, inputs = pair(tg, 8)
            same(client.infer("simple", inputs, compression_algorithm=coding).as_numpy("OUTPUT0"), a + b)

    @case("grpc: a stream answers each request, also a bad one")
    def _():
        heard = queue.Queue()
        asking = grpc_client()
        asking.start_stream(lambda result, error: heard.put((result, error)), headers=HEADERS)
        a, b, inputs = pair(tg)
        for i in range(20):
            asking.async_stream_infer("nobody" if i == 7 else "simple", inputs, request_id=str(i))
        for i in range(20):
            result, error = heard.get(timeout=LIMIT)
            if i == 7:
                assert "Request for unknown model" in str(error), error
            else:
                equal((error, result.get_response().id), (None, str(i)))
                same(result.as_numpy("OUTPUT0"), a + b)
        asking.stop_stream()

    @case("grpc: many at once")
    def _():
        heard = queue.Queue()
        a, b, inputs = pair(tg)
        for _ in range(64):
            client.async_infer("batched", inputs, callback=lambda result, error: heard.put((result, error)), client_timeout=LIMIT)
        for _ in range(64):
            result, error = heard.get(timeout=LIMIT)
            assert error is None, error
            same(result.as_numpy("OUTPUT0"), a + b)

    @case("grpc: what is not offered is unimplemented")
    def _():
        refused(client.get_system_shared_memory_status, "There is no method", "UNIMPLEMENTED")

    @case("grpc: a megabyte there and back")
    def _():
        a = np.random.default_rng(1).random((512, 512), np.float32)
        same(client.infer("identity_fp32", [tensor(tg, "IN", a, "FP32")]).as_numpy("OUT"), a)


def kserve():
    a = np.arange(16, dtype=np.int32).reshape(1, 16)
    base = "http://" + HTTP

    def request(binary):
        inputs = [InferInput("INPUT0", [1, 16], "INT32"), InferInput("INPUT1", [1, 16], "INT32")]
        for each in inputs:
            each.set_data_from_numpy(a, binary_data=binary)
        return InferRequest(model_name="simple", infer_inputs=inputs, request_id="9")

    def output(answer):
        return next(each for each in answer.outputs if each.name == "OUTPUT0").as_numpy()

    async def rest(body):
        client = InferenceRESTClient(RESTConfig(protocol=PredictorProtocol.REST_V2.value, retries=0, timeout=LIMIT))
        try:
            return await body(client)
        finally:
            await client.close()

    for binary in (False, True):
        @case(f"kserve REST: infer, binary {binary}")
        def _():
            answer = asyncio.run(rest(lambda client: client.infer(base, request(binary), headers=dict(HEADERS), model_name="simple")))
            same(output(answer), 2 * a)

    @case("kserve REST: ready, live")
    def _():
        assert asyncio.run(rest(lambda client: client.is_server_ready(base, headers=dict(HEADERS))))
        assert asyncio.run(rest(lambda client: client.is_server_live(base, headers=dict(HEADERS))))
        assert asyncio.run(rest(lambda client: client.is_model_ready(base, "simple", headers=dict(HEADERS))))

    @case("kserve gRPC: ready, infer")
    def _():
        async def ask():
            client = InferenceGRPCClient(GRPC, channel_args=[("grpc.default_authority", AUTHORITY)] if AUTHORITY else None, timeout=LIMIT)
            headers = list(HEADERS.items())
            assert await client.is_server_ready(headers=headers) and await client.is_model_ready("simple", headers=headers)
            return await client.infer(request(False), headers=headers)
        same(output(asyncio.run(ask())), 2 * a)


def triton():
    http, grpc = http_client(), grpc_client()
    about(th, http, "http")
    about(tg, grpc, "grpc")
    infers(th, http, "http", [("binary", {"binary_data": True}, {"binary_data": True}), ("json", {"binary_data": False}, {"binary_data": False})])
    infers(tg, grpc, "grpc", [("raw", {}, {})])
    http_only(http)
    grpc_only(grpc)


def raw():
    """What no client sends. Whatever comes, the answer is a refusal in the protocol's form, and soon."""
    import gzip
    import http.client
    import random
    import struct

    host, _, path = HTTP.partition("/")
    connection = http.client.HTTPConnection(host, timeout=LIMIT)

    def send(where, body, method="POST", **headers):
        sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, (f"/{path}" if path else "") + where, body=body, headers=sent)
        answer = connection.getresponse()
        content = answer.read()
        # The gateway tells a model's own status in a header.
        status = int(answer.headers.get("ms-azureml-model-error-statuscode") or answer.status)
        return status, answer.headers, content

    def infer(body, model="identity_int32", **headers):
        return send(f"/v2/models/{model}/infer", body if isinstance(body, bytes) else json.dumps(body).encode(), **headers)

    def one(**more):
        return {"inputs": [{"name": "IN", "datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3], **more}]}

    def no(name, body, words="", status=400, **headers):
        @case(f"raw: refused: {name}")
        def _():
            got, _, content = infer(body, **headers)
            equal(got, status)
            assert words in json.loads(content)["error"], content

    def yes(name, body, data, **headers):
        @case(f"raw: {name}")
        def _():
            got, _, content = infer(body, **headers)
            equal((got, json.loads(content)["outputs"][0]["data"]), (200, data))

    yes("flat data", one(), [1, 2, 3])
    yes("nested data", one(data=[[1, 2, 3]]), [1, 2, 3])
    yes("members in another order, and unknown ones",
        b' {"z": [1, {"a": "]"}], "inputs": [ {"data": [1,2,3], "shape": [3,1], "x": null, "datatype": "INT32", "name": "IN"} ] } ', [1, 2, 3])
    no("nothing", b"", "The document is empty")
    no("no JSON", b"hello", "failed to parse the request JSON buffer")
    no("no object", b"[]", "failed to parse the request JSON buffer")
    no("no inputs", {}, "attempt to access non-existing object member 'inputs'")
    no("inputs that are none", {"inputs": 3}, "Unable to parse 'inputs'")
    no("more behind the end", json.dumps(one()).encode() + b"x", "failed to parse")
    no("too few elements", one(data=[1, 2]), "Shape does not match true shape of 'data' field")
    no("too many elements", one(data=[1, 2, 3, 4]), "Shape does not match true shape of 'data' field")
    no("a text among numbers", one(data=[1, "2", 3]))
    no("a fraction among integers", one(data=[1, 2.5, 3]))
    no("an integer that is too large", one(data=[1, 2, 1 << 31]))
    no("no data", {"inputs": [{"name": "IN", "datatype": "INT32", "shape": [1, 3]}]}, "member 'data'")
    no("no name", {"inputs": [{"datatype": "INT32", "shape": [1, 3], "data": [1, 2, 3]}]}, "member 'name'")
    no("no shape", {"inputs": [{"name": "IN", "datatype": "INT32", "data": [1, 2, 3]}]}, "member 'shape'")
    no("no type", {"inputs": [{"name": "IN", "shape": [1, 3], "data": [1, 2, 3]}]}, "member 'datatype'")
    no("a type that is none", one(datatype="INT33"), "'INT33' is no type")
    no("a huge extent", one(shape=[1 << 40, 1]), "Shape does not match")
    no("more elements than a long counts", one(shape=[1 << 40, 1 << 40]), "which no request can fill")
    no("a negative extent", one(shape=[-1, 3]), "no negative extent")
    no("an extent that is no integer", one(shape=[1.5, 2]), "no array of integers")
    no("deep nesting", b'{"inputs":' + b"[" * 100_000)
    no("shared memory", one(parameters={"shared_memory_region": "x"}), "shared memory is not supported", 501)
    no("a header longer than the body", one(), "Inference-Header-Content-Length", Inference_Header_Content_Length="100000")
    no("a negative header", one(), "Inference-Header-Content-Length", Inference_Header_Content_Length="-1")
    no("a header that is no number", one(), "Inference-Header-Content-Length", Inference_Header_Content_Length="x")

    def behind(data, **more):
        head = json.dumps({"inputs": [{"name": "IN", "datatype": "INT32", "shape": [1, 3], "parameters": {"binary_data_size": 12}, **more}]}).encode()
        return head + data, {"Inference_Header_Content_Length": str(len(head))}

    for name, (body, headers), words in (
            ("fewer bytes than are named", behind(b"x" * 4), "binary_data_size"),
            ("more bytes than are named", behind(b"x" * 20), "unexpected additional input data"),
            ("a size that does not fit", behind(b"x" * 8, parameters={"binary_data_size": 8}), "unexpected total byte size 8"),
            ("a size of exabytes", behind(b"", parameters={"binary_data_size": 1 << 62}), "binary_data_size"),
            ("a negative size", behind(b"", parameters={"binary_data_size": -1}), "binary_data_size"),
            ("a huge shape of few bytes", behind(b"x" * 12, shape=[1 << 40, 1]), "unexpected total byte size 12"),
            ("a string longer than its bytes", behind(struct.pack("<I", 1 << 31) + b"x" * 8, datatype="BYTES"), "incomplete string data")):
        no(name, body, words, **headers)

    no("a timeout that is no number", {**one(), "parameters": {"timeout": "soon"}}, "Unable to parse 'timeout'")
    no("a name of a million letters", one(name="a" * 1_000_000), "aaa … aaa")

    @case("raw: refused: what to do with the repository, in other forms")
    def _():
        for where, body, words in (("models/simple/load", {"parameters": [1]}, "Unable to parse 'parameters'"), ("index", {"ready": "yes"}, "Unable to parse 'ready'")):
            got, _, content = send(f"/v2/repository/{where}", json.dumps(body).encode())
            equal(got, 400)
            assert words in json.loads(content)["error"], content

    no("a coding that is none", one(), "expected: gzip or deflate", 415, Content_Encoding="br")
    no("a coding that is not the body's", one(), "cannot be inflated", Content_Encoding="gzip")
    no("a bomb", gzip.compress(b" " * (300 << 20), 9), "longer than the limit", 413, Content_Encoding="gzip")
    no("half of a body", gzip.compress(json.dumps(one()).encode())[:-20], "cannot be inflated", Content_Encoding="gzip")

    @case("raw: paths and methods that there are not")
    def _():
        equal(send("/v2/nothing", b"")[0], 404)
        equal(send("/v2/models/simple/generate", b"{}")[0], 404)
        equal(send("/v2/models/simple", None, "DELETE")[0], 405)
        equal(send("/v2/models/simple/infer", None, "GET")[0], 405)

    @case("raw: random bodies")
    def _():
        dice = random.Random(6)
        seed = json.dumps(one(parameters={"binary_data_size": 12})).encode() + b"x" * 12
        for i in range(2000):
            body = bytearray(seed if i % 2 else dice.randbytes(dice.randrange(300)))
            for _ in range(dice.randrange(6)):
                if body:
                    body[dice.randrange(len(body))] = dice.randrange(256)
            got, _, content = infer(bytes(body), Inference_Header_Content_Length=str(dice.randrange(len(body) + 2))) if i % 3 else infer(bytes(body))
            assert got in (200, 400, 404, 501), (got, body, content)
        equal(infer(one())[0], 200)


def main():
    {"triton": triton, "kserve": kserve, "raw": raw}[WHOSE]()
    print(f"{good} good, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
