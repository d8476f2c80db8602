package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceType;
import dev.farol.backend.InstanceTypes;
import dev.farol.backend.Program;
import dev.farol.kit.ByteSize;
import dev.farol.spec.ProbeSettings;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.spec.RequestSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaSpecsTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private static final InstanceTypes TYPES =
            InstanceTypes.with(
                    Map.of(
                            "half",
                            new InstanceType(0.5, new ByteSize(1)),
                            "vast",
                            new InstanceType(4096, new ByteSize(1))));

    private static int threads(String type) {
        var instance =
                new InstanceSpec(
                        "a-1",
                        Bench.DEPLOYMENT,
                        new Program.Native(Kind.ONNX, "net", Path.of("net.onnx")),
                        null,
                        Map.of(),
                        type,
                        RequestSettings.DEFAULT,
                        ProbeSettings.DEFAULT,
                        ProbeSettings.DEFAULT);
        return ReplicaSpecs.of(
                        instance,
                        Optional.empty(),
                        Duration.ofSeconds(1),
                        new InstanceFolder(Path.of("folder"), Path.of("run")),
                        "mark",
                        TYPES)
                .requireNativeModel()
                .threads();
    }

    @Test
    void aNativeModelComputesOnTheCoresOfItsInstanceType() {
        assertThat(threads("half")).isEqualTo(1);
        assertThat(threads("Standard_DS1_v2")).isEqualTo(1);
        assertThat(threads("Standard_F2s_v2")).isEqualTo(Math.min(2, CORES));
    }

    @Test
    void aMachineHasNoMoreCoresThanItHas() {
        assertThat(threads("vast")).isEqualTo(CORES);
        assertThat(threads("unknown")).isEqualTo(CORES);
    }
}
