package dev.farol.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation.Kind;
import dev.farol.store.Operation.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every operation store does. */
abstract class OperationStoreContract extends StoreContract {
    @Test
    void keepsWhatWasStarted() {
        Operation started = store.operations().start("oe:1:2", Kind.CREATE, BLUE, 3);

        assertThat(started)
                .isEqualTo(
                        new Operation(
                                "oe:1:2",
                                Kind.CREATE,
                                BLUE,
                                3,
                                Status.IN_PROGRESS,
                                "",
                                null,
                                clock.instant().truncatedTo(ChronoUnit.MICROS),
                                null));
        assertThat(store.operations().find("oe:1:2")).contains(started);
        assertThat(store.operations().find("OE:1:2")).isEmpty();
    }

    @Test
    void refusesAnIdTwice() {
        start("a", BLUE);

        refused(ErrorCode.CONFLICT, () -> start("a", CREDIT));
        assertThat(store.operations().find("a").orElseThrow().target()).isEqualTo(BLUE);
    }

    @Test
    void tellsProgressUntilTheEnd() {
        start("a", BLUE);
        store.operations().progress("a", "building the environment");
        assertThat(progress("a")).isEqualTo("building the environment");

        store.operations().progress("a", "starting");
        store.operations().finish("a", Status.SUCCEEDED, null);
        store.operations().progress("a", "too late");
        store.operations().progress("unknown", "nobody hears");

        assertThat(progress("a")).isEqualTo("starting");
        assertThat(store.operations().find("unknown")).isEmpty();
    }

    @Test
    void endsOnce() {
        start("a", BLUE);
        clock.forward(Duration.ofSeconds(5));
        store.operations().finish("a", Status.FAILED, json("code", "InitFailed"));
        clock.forward(Duration.ofSeconds(5));
        store.operations().finish("a", Status.SUCCEEDED, null);
        store.operations().finish("unknown", Status.SUCCEEDED, null);

        Operation ended = store.operations().find("a").orElseThrow();
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error()).isEqualTo(json("code", "InitFailed"));
        assertThat(ended.endTime()).isEqualTo(ended.startTime().plusSeconds(5));
        assertThatThrownBy(() -> store.operations().finish("a", Status.IN_PROGRESS, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listsTheUnfinishedOldestFirst() {
        for (String id : List.of("c", "a", "b")) {
            start(id, BLUE);
        }
        start("other", CREDIT);
        store.operations().finish("a", Status.CANCELED, null);

        assertThat(store.operations().unfinished())
                .extracting(Operation::id)
                .containsExactly("c", "b", "other");
        assertThat(store.operations().unfinished(ResourceId.parse(BLUE.key())))
                .extracting(Operation::id)
                .containsExactly("c", "b");
        assertThat(store.operations().unfinished(WORKSPACE)).isEmpty();
    }

    @Test
    void forgetsWhatEndedLongAgo() {
        start("running", BLUE);
        start("old", BLUE);
        store.operations().finish("old", Status.SUCCEEDED, null);
        clock.forward(Duration.ofHours(1));
        start("new", BLUE);
        store.operations().finish("new", Status.SUCCEEDED, null);

        assertThat(store.operations().prune(clock.instant().minusSeconds(60))).isEqualTo(1);

        assertThat(store.operations().find("old")).isEmpty();
        assertThat(store.operations().find("new")).isPresent();
        assertThat(store.operations().find("running")).isPresent();
    }

    private void start(String id, ResourceId target) {
        store.operations().start(id, Kind.UPDATE, target, 1);
    }

    private String progress(String id) {
        return store.operations().find(id).orElseThrow().progress();
    }
}
