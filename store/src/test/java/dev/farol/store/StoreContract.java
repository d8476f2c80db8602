package dev.farol.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.node.ObjectNode;

/** What the contracts of the store's parts share: an open store and small words. */
abstract class StoreContract {
    static final ResourceId WORKSPACE = ResourceId.workspace("Sub-1", "Group", "Main");
    static final ResourceId CREDIT = WORKSPACE.child("onlineEndpoints", "Credit");
    static final ResourceId BLUE = CREDIT.child("deployments", "blue");

    final StepClock clock = new StepClock();
    Store store;

    /** An empty store. */
    abstract Store open(StepClock clock) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open(clock);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    Resource create(ResourceId id) {
        return store.resources().create(id, json("a", 1), json("state", "new"), "ana");
    }

    long version(ResourceId id) {
        return store.resources().find(id).orElseThrow().version();
    }

    static ObjectNode json(String field, int value) {
        return Json.object().put(field, value);
    }

    static ObjectNode json(String field, String value) {
        return Json.object().put(field, value);
    }

    static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FarolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Runs {@code work} on that many virtual threads at once and waits for all. */
    static void together(int threads, IntConsumer work) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(0, threads)
                    .forEach(i -> all.add(executor.submit(() -> work.accept(i))));
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
