package dev.farol.store.folder;

import dev.farol.store.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One join of an object at a time. A client that lost patience and asks again for the very same
 * waits for the join that goes on, and gets its outcome.
 */
final class Commits {
    private final ConcurrentMap<ObjectKey, Running> running = new ConcurrentHashMap<>();

    private record Running(List<String> ids, CompletableFuture<ObjectInfo> outcome) {}

    /** Joins the blocks of an object. */
    interface Join {
        ObjectInfo run() throws IOException;
    }

    ObjectInfo once(ObjectKey key, List<String> ids, Join join) throws IOException {
        var mine = new Running(List.copyOf(ids), new CompletableFuture<>());
        while (true) {
            @Nullable Running other = running.putIfAbsent(key, mine);
            if (other == null) {
                return run(key, mine, join);
            }
            if (other.ids().equals(mine.ids())) {
                return outcome(other);
            }
            other.outcome().exceptionally(failed -> null).join();
        }
    }

    private ObjectInfo run(ObjectKey key, Running mine, Join join) throws IOException {
        try {
            ObjectInfo object = join.run();
            mine.outcome().complete(object);
            return object;
        } catch (IOException | RuntimeException failed) {
            mine.outcome().completeExceptionally(failed);
            throw failed;
        } finally {
            // An error completes it too, so that nobody waits for ever.
            mine.outcome().completeExceptionally(new IOException("The join was given up"));
            running.remove(key, mine);
        }
    }

    private static ObjectInfo outcome(Running other) throws IOException {
        try {
            return other.outcome().join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case IOException fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case null, default -> throw failed;
            }
        }
    }
}
