package dev.farol.runtime.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.oip.ModelRepository.Entry;
import dev.farol.runtime.oip.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "model_warmup [ { } ]|model_warmup is not supported",
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
        repository.load("a", refused -> heard.add(String.valueOf(refused.getMessage())));
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
        repository.load("a", refused -> assertThat(refused).isNull());
        assertThat(repository.versions("a")).containsExactly("1");
    }
}
