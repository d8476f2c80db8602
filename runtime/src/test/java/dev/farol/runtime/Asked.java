package dev.farol.runtime;

import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** A request, and the one answer that it gets in whole. */
public final class Asked implements ScoreListener {
    private final List<ScoreResult> answers = new ArrayList<>();

    private Asked() {}

    public static Asked post(
            BiFunction<ScoreRequest, ScoreListener, Scoring> scorer,
            String path,
            String type,
            byte[] body,
            String... headers) {
        var asked = new Asked();
        Scoring _ =
                scorer.apply(
                        new ScoreRequest(
                                "POST",
                                path,
                                "",
                                "",
                                type,
                                ScoreRequest.Head.of(Headers.of(headers)),
                                ByteBuffer.wrap(body)),
                        asked);
        return asked;
    }

    public boolean isAnswered() {
        return !answers.isEmpty();
    }

    public ScoreResult answer() {
        return answers.getFirst();
    }

    public String text() {
        return StandardCharsets.UTF_8.decode(answer().body().duplicate()).toString();
    }

    @Override
    public void answered(ScoreResult result) {
        if (isAnswered()) {
            throw new AssertionError("answered twice");
        }
        answers.add(result);
    }

    @Override
    public void begins(ScoreResult head) {
        throw new AssertionError("a stream");
    }

    @Override
    public void part(ByteBuffer bytes) {
        throw new AssertionError("a stream");
    }

    @Override
    public void ended(boolean whole) {
        throw new AssertionError("a stream");
    }
}
