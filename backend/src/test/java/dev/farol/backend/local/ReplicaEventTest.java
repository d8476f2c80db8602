package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.local.ReplicaEvent.WorkerState;
import dev.farol.spec.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaEventTest {
    @Test
    void readsEveryEventOfTheProtocol() {
        assertThat(
                        ReplicaEvent.parse(
                                "{\"event\":\"listening\",\"host\":\"127.0.0.1\",\"port\":41}"))
                .contains(new ReplicaEvent.Listening("127.0.0.1", 41));
        assertThat(
                        ReplicaEvent.parse(
                                "{\"event\":\"worker\",\"pid\":12,\"state\":\"exited\",\"exitCode\":137}"))
                .contains(new ReplicaEvent.Worker(12, WorkerState.EXITED, 137));
        assertThat(
                        ReplicaEvent.parse(
                                "{\"event\":\"worker\",\"pid\":12,\"state\":\"started\",\"exitCode\":null}"))
                .contains(new ReplicaEvent.Worker(12, WorkerState.STARTED, null));
        assertThat(ReplicaEvent.parse("{\"event\":\"phase\",\"phase\":\"init\"}"))
                .contains(new ReplicaEvent.InPhase(Phase.INIT));
        assertThat(ReplicaEvent.parse("{\"event\":\"ready\"}")).contains(new ReplicaEvent.Ready());
        assertThat(
                        ReplicaEvent.parse(
                                "{\"event\":\"failed\",\"phase\":\"init\",\"exception\":\"E: x\","
                                        + "\"location\":null,\"exitCode\":1,\"message\":\"m\"}"))
                .contains(new ReplicaEvent.Failed(Phase.INIT, "E: x", null, 1, "m"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{",
                "[]",
                "{\"event\":\"later\"}",
                "{\"event\":\"phase\",\"phase\":\"x\"}",
                "{\"event\":\"worker\",\"pid\":-1,\"state\":\"ready\"}"
            })
    void ignoresWhatIsNoEvent(String line) {
        assertThat(ReplicaEvent.parse(line)).isEmpty();
    }
}
