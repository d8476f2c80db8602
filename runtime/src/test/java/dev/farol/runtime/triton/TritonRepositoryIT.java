package dev.farol.runtime.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Warmup;
import dev.farol.runtime.oip.ModelRepository.Entry;
import dev.farol.runtime.oip.Refused;
import dev.farol.runtime.oip.Shown;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in a folder, what is loaded of it, and what is refused with which words. */
class TritonRepositoryIT {
    private static final String NOTHING_FAILED = "";

    @TempDir Path folder;
    private final FakeEngines engines = new FakeEngines();
    private TritonRepository repository;

    @BeforeEach
    void make() {
        repository = new TritonRepository(folder, "asset", engines, Runnable::run, Runnable::run);
    }

    private void file(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void model(String name, String config, int... versions) throws IOException {
        for (int version : versions) {
            file(name + "/" + version + "/model.onnx", "a model");
        }
        file(name + "/config.pbtxt", config);
    }

    /** Why it does not start; empty when it does. */
    private String start() {
        var heard = new ArrayList<String>();
        repository.start(failure -> heard.add(failure == null ? NOTHING_FAILED : failure));
        assertThat(heard).hasSize(1);
        return heard.getFirst();
    }

    @Test
    void aRepositoryMayLieAtTheRootOrBelowItOrBeOneModel() throws IOException {
        file("models/a/1/model.onnx", "a model");
        file("models/.git/config", "nothing");
        file("models/README.md", "nothing");
        assertThat(start()).isEmpty();
        assertThat(repository.versions("a")).containsExactly("1");
        assertThat(repository.ready()).isTrue();
    }

    @Test
    void aSingleModelHasTheAssetsName() throws IOException {
        file("7/model.onnx", "a model");
        assertThat(start()).isEmpty();
        assertThat(repository.versions("asset")).containsExactly("7");
    }

    @Test
    void aFolderWithoutModelsSaysWhatWasFoundAndExpected() throws IOException {
        file("saved/model.pt", "a model");
        file("other/notes.txt", "notes");
        assertThat(start())
                .contains("holds no model repository")
                .contains("{model}/{version}/model.onnx")
                .contains("saved/model.pt");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '3'",
        "'version_policy { latest { num_versions: 2 } }', '2 3'",
        "'version_policy: { all { } }', '1 2 3'",
        "'version_policy { specific { versions: [ 1, 3 ] } }', '1 3'",
    })
    void thePolicyChoosesVersions(String config, String versions) throws IOException {
        model("a", config, 1, 2, 3);
        assertThat(start()).isEmpty();
        assertThat(repository.versions("a")).containsExactly(versions.split(" "));
    }

    @Test
    void whatIsNotSaidIsTheModels() throws IOException {
        model("a", "", 1);
        assertThat(start()).isEmpty();
        var config = repository.find("a", "").config();
        assertThat(config.maxBatchSize()).isEqualTo(4);
        assertThat(config.inputs().getFirst().dims()).containsExactly(2L);
        assertThat(config.batching()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "platform: \"tensorflow_savedmodel\"|platform 'tensorflow_savedmodel' is not supported",
                "backend: \"python\"|backend 'python' is not supported",
                "max_batch_size: 2\\nsequence_batching { }|config.pbtxt:2: sequence_batching is not supported",
                "#\\n#\\nfoo: 3|config.pbtxt:3: foo is not known",
                "instance_group [ { kind: KIND_GPU } ]|KIND_GPU is not supported",
                "model_warmup [ { name: \"w\" } ]|model_warmup 'w': the input 'IN' is missing",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 2 } } } ]|has 0 sources (expected one of: zero_data, random_data, input_data_file)",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 3 zero_data: true } } } ]|dims of 'IN' are [3] (expected: [2])",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP64 dims: 2 zero_data: true } } } ]|data_type of 'IN' is TYPE_FP64 (expected: TYPE_FP32)",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 2 zero_data: true } } inputs { key: \"X\" value { data_type: TYPE_FP32 dims: 2 zero_data: true } } } ]|there is no input 'X' (expected one of: IN)",
                "model_warmup [ { batch_size: 9 inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 2 zero_data: true } } } ]|batch_size is 9 (expected: at most max_batch_size, 4)",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 2 input_data_file: \"x\" } } } ]|there is no file warmup/x",
                "model_warmup [ { inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: 2 input_data_file: \"../1\" } } } ]|expected: the name of a file, without folders",
                "optimization { cuda { graphs: true } }|optimization.cuda is not supported",
                "max_batch_size: -1|max_batch_size is -1 (expected: 0 to",
                "max_batch_size: two|max_batch_size is 'two' (expected: a number)",
                "dynamic_batching { }|dynamic_batching needs max_batch_size",
                "input [ { name: \"X\" data_type: TYPE_FP32 dims: [ -1, 2 ] } ]|unexpected inference input 'X', allowed inputs are: IN",
                "input [ { name: \"IN\" data_type: TYPE_INT8 dims: [ -1, 2 ] } ]|data_type of 'IN' is TYPE_INT8 (expected: TYPE_FP32",
                "input [ { name: \"IN\" data_type: TYPE_FP32 dims: [ 3, 3 ] } ]|'IN' has the shape [3, 3]",
                "input [ { name: \"IN\" data_type: FLOAT dims: [ 2 ] } ]|data_type of 'IN' is FLOAT",
                "default_model_filename: \"../../secret\"|expected: the name of a file, without folders",
                "default_model_filename: \"other.onnx\"|has no file 1/other.onnx",
                "version_policy { specific { versions: 9 } }|has no version 9",
                "name: \"b\"|directory name must equal model name",
                "name \"a\"|':' or '{' expected after 'name'",
                "input {|'}' expected before the end of the file",
                "name: \"a|the text does not end",
                "name: \"a\" name: \"a\"|name is given twice",
            })
    void whatCannotBeServedIsRefusedByName(String config, String words) throws IOException {
        model("a", config.replace("\\n", "\n"), 1);
        assertThat(start()).contains(words);
        assertThat(repository.ready()).isFalse();
        assertThat(engines.closed).containsExactlyElementsOf(engines.loaded);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "max_batch_size: 2|0",
                "instance_group [ { count: 3 kind: KIND_CPU } ]|3",
                "instance_group { name: \"two\" count: 2 }|2",
                "instance_group [ { count: 2 } , { kind: KIND_AUTO } ]|3",
                "max_batch_size: 4 dynamic_batching { } instance_group [ { count: 5 } ]|5",
            })
    void asManyCallsComputeAtOnceAsThereAreInstances(String config, int atOnce) throws IOException {
        model("a", config + " version_policy { all { } }", 1, 2);
        model("b", "instance_group [ { count: 7 } ]", 1);
        assertThat(start()).isEmpty();
        assertThat(engines.loaded).containsExactly("a/1", "a/2", "b/1");
        assertThat(engines.instances).containsExactly(atOnce, atOnce, 7);
        assertThat(load("b", "{\"instance_group\": [{\"count\": 1}]}")).isEmpty();
        assertThat(engines.instances).last().isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000000", "\"many\""})
    void aCountOfInstancesThatCannotBeIsRefused(String count) throws IOException {
        model("a", "instance_group [ { count: " + count + " } ]", 1);
        assertThat(start()).contains("config.pbtxt:1: instance_group.count is");
        assertThat(engines.loaded).isEmpty();
    }

    private static String warmup(String more) {
        return "max_batch_size: 8\nmodel_warmup [ { name: \"w\" "
                + more.replace(
                        "IN", "inputs { key: \"IN\" value { data_type: TYPE_FP32 dims: [ 2 ]")
                + " } ]";
    }

    @Test
    void aModelComputesItsWarmUpBeforeItIsServed() throws IOException {
        file("a/warmup/row", new String(new char[] {0, 0, 0, 1, 0, 0, 0, 2}));
        model("a", warmup("batch_size: 3 count: 2 IN input_data_file: \"row\" } }"), 1);
        model("b", warmup("IN zero_data: true } }"), 1);
        model("c", warmup("batch_size: 2 IN random_data: true } }"), 1);
        assertThat(start()).isEmpty();
        assertThat(engines.computed)
                .extracting(Tensor::name, tensor -> tensor.shape()[0])
                .containsExactly(
                        tuple("IN", 3L), tuple("IN", 3L), tuple("IN", 1L), tuple("IN", 2L));
        ByteBuffer rows = engines.computed.getFirst().data();
        assertThat(rows.getInt(0)).isEqualTo(0x01000000);
        assertThat(rows.getInt(20)).isEqualTo(0x02000000);
        assertThat(engines.computed.get(2).data().getLong()).isZero();
        ByteBuffer random = engines.computed.get(3).data();
        assertThat(random.getFloat(0)).isBetween(0f, 1f).isNotEqualTo(random.getFloat(4));
        var shown = repository.find("a", "").config().warmups();
        assertThat(shown).extracting(Warmup::count, Warmup::batch).containsExactly(tuple(2, 3));
    }

    @Test
    void aFileOfTheWarmUpMustBeOneRow() throws IOException {
        file("a/warmup/row", "seven b");
        model("a", warmup("IN input_data_file: \"row\" } }"), 1);
        assertThat(start()).contains("warmup/row has 7 bytes (expected: 8)");
    }

    @Test
    void aModelThatFailsOnItsWarmUpIsNotServed() throws IOException {
        engines.failure = "no memory";
        model("a", warmup("IN zero_data: true } }"), 1);
        assertThat(start()).isEqualTo("model 'a', model_warmup 'w': no memory");
        assertThat(engines.closed).containsExactly("a/1");
    }

    /** What loading says; empty when it succeeds. */
    private String load(String model, String config) {
        var heard = new ArrayList<String>();
        repository.load(
                model, config, refused -> heard.add(refused == null ? "" : refused.words()));
        assertThat(heard).hasSize(1);
        return heard.getFirst();
    }

    @Test
    void aCallersConfigurationTakesThePlaceOfTheFile() throws IOException {
        model("a", "max_batch_size: 8", 1);
        assertThat(start()).isEmpty();
        assertThat(load("a", "{\"max_batch_size\":\"16\"}")).isEmpty();
        assertThat(repository.find("a", "").config().maxBatchSize()).isEqualTo(16);
        assertThat(load("a", "{\"maxBatchSize\": 2, \"dynamicBatching\": {}}")).isEmpty();
        assertThat(repository.find("a", "").config().batching()).isNotNull();
        repository.load("a", null, refused -> assertThat(refused).isNull());
        assertThat(repository.find("a", "").config().maxBatchSize()).isEqualTo(8);
    }

    @Test
    void aConfigurationThatIsShownCanBeLoaded() throws IOException {
        model(
                "a",
                warmup("IN zero_data: true } }")
                        + """
                        dynamic_batching { preferred_batch_size: [ 2, 4 ] max_queue_delay_microseconds: 9 }
                        version_policy { specific { versions: [ 2 ] } }
                        parameters { key: "k" value { string_value: "v" } }
                        instance_group [ { count: 2 kind: KIND_CPU } ]
                        """,
                1,
                2);
        assertThat(start()).isEmpty();
        ModelConfig shown = repository.find("a", "").config();
        assertThat(load("a", Shown.json(shown))).isEmpty();
        assertThat(repository.find("a", "").config()).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"parameters\": {\"config\": {{\"max_batch_size\": \"16\"}}}|the configuration is no JSON",
                "[]|the configuration is no JSON object",
                "{\"max_batch_size\": \"x\"}|max_batch_size is 'x' (expected: a number)",
                "{\"max_batch_size\": {}}|max_batch_size is a message (expected: a value)",
                "{\"colour\": \"red\"}|colour is not known",
                "{\"backend\": \"python\"}|backend 'python' is not supported",
                "{\"name\": \"b\"}|directory name must equal model name",
            })
    void aCallersConfigurationThatCannotBeIsRefused(String config, String words)
            throws IOException {
        model("a", "max_batch_size: 8", 1);
        assertThat(start()).isEmpty();
        assertThat(load("a", config)).startsWith("failed to load 'a', ").contains(words);
        assertThat(repository.find("a", "").config().maxBatchSize()).isEqualTo(8);
    }

    private static String ensemble(String steps) {
        return """
               platform: "ensemble"
               max_batch_size: 4
               input [ { name: "A" data_type: TYPE_FP32 dims: [ 2 ] } ]
               output [ { name: "Z" data_type: TYPE_FP32 dims: [ 2 ] } ]
               ensemble_scheduling { step [ %s ] }
               """
                .formatted(steps);
    }

    private static String step(String model, String in, String out) {
        return """
               { model_name: "%s" model_version: -1
                 input_map { key: "IN" value: "%s" } output_map { key: "OUT" value: "%s" } }
               """
                .formatted(model, in, out);
    }

    @Test
    void theStepsOfAnEnsembleKnowThatItIsLate() throws IOException {
        model("z", "max_batch_size: 4", 1);
        model("a", ensemble(step("z", "A", "Z")));
        assertThat(start()).isEmpty();
        var given = new Tensor("A", DataType.FP32, new long[] {1, 2}, ByteBuffer.allocate(8));
        repository.find("a", "").infer(List.of(given), List.of(), listener(false));
        assertThat(engines.late).isFalse();
        repository.find("a", "").infer(List.of(given), List.of(), listener(true));
        assertThat(engines.late).isTrue();
    }

    private static InferenceListener listener(boolean late) {
        return new InferenceListener() {
            @Override
            public void done(List<Tensor> outputs, Timing timing) {}

            @Override
            public void failed(InferenceFailure failure) {
                throw new AssertionError(failure);
            }

            @Override
            public boolean late() {
                return late;
            }
        };
    }

    @Test
    void anEnsembleIsLoadedAfterItsModels() throws IOException {
        model("z", "", 1);
        model("a", ensemble(step("z", "m", "Z") + "," + step("z", "A", "m")));
        assertThat(start()).isEmpty();
        assertThat(repository.index())
                .extracting(Entry::name, Entry::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a", "READY"),
                        org.assertj.core.groups.Tuple.tuple("z", "READY"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "z,A,m|no step gives the output 'Z'",
                "z,A,Z;z,A,Z|the tensor 'Z' is given by two",
                "z,nothing,Z|takes the tensor 'nothing'",
                "z,b,Z;z,Z,b|in a circle",
                "nobody,A,Z|there is no model 'nobody'",
                "a,A,Z|made of each other in a circle: a → a",
            })
    void anEnsembleThatCannotBeComputedIsRefused(String steps, String words) throws IOException {
        model("z", "", 1);
        var texts = new ArrayList<String>();
        for (String each : steps.split(";")) {
            String[] part = each.split(",");
            texts.add(step(part[0], part[1], part[2]));
        }
        model("a", ensemble(String.join(",", texts)));
        assertThat(start()).contains(words);
    }

    @Test
    void aModelThatFailsToLoadAnewIsServedAsBefore() throws IOException {
        model("a", "", 1);
        assertThat(start()).isEmpty();
        file("a/config.pbtxt", "nonsense: 1");
        var heard = new ArrayList<String>();
        repository.load("a", null, refused -> heard.add(String.valueOf(refused.getMessage())));
        assertThat(heard)
                .singleElement()
                .asString()
                .contains("failed to load 'a', config.pbtxt:1:");
        assertThat(repository.versions("a")).containsExactly("1");
    }

    @Test
    void unloadingEndsTheEngineAndSaysSo() throws IOException {
        model("a", "", 1);
        assertThat(start()).isEmpty();
        repository.unload("a", refused -> assertThat(refused).isNull());
        assertThat(engines.closed).isEqualTo(List.of("a/1"));
        assertThat(repository.index())
                .containsExactly(new Entry("a", "1", "UNAVAILABLE", "unloaded"));
        assertThatThrownBy(() -> repository.find("a", ""))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("has no available versions");
        repository.load("a", null, refused -> assertThat(refused).isNull());
        assertThat(repository.versions("a")).containsExactly("1");
    }
}
