package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.HeaderEdit;
import dev.farol.wire.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of W3C Trace Context for who passes a request on. */
class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String VALID = "00-" + TRACE + "-" + SPAN + "-01";

    private final SplittableRandom random = new SplittableRandom(7);

    private TraceContext of(String... parents) {
        var headers = new Headers();
        for (String parent : parents) {
            headers.add("traceparent", parent);
        }
        return TraceContext.of(new Asking(headers), random);
    }

    private void isFresh(String... parents) {
        TraceContext trace = of(parents);
        assertThat(trace.continued()).as("%s", List.of(parents)).isFalse();
        assertThat(trace.parent())
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
                .doesNotContain(TRACE, SPAN);
        assertThat(trace.traceId()).isEqualTo(trace.parent().substring(3, 35));
    }

    @Test
    void aValidTraceGoesOnUnderANewParent() {
        TraceContext trace = of(VALID);
        assertThat(trace.continued()).isTrue();
        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.parent()).matches("00-" + TRACE + "-[0-9a-f]{16}-01").doesNotContain(SPAN);
        assertThat(of(VALID).parent()).isNotEqualTo(trace.parent());
    }

    @Test
    void whetherItIsSampledStaysAndOtherFlagsDoNot() {
        assertThat(of("00-" + TRACE + "-" + SPAN + "-00").parent()).endsWith("-00");
        assertThat(of("00-" + TRACE + "-" + SPAN + "-ff").parent()).endsWith("-01");
        assertThat(of("00-" + TRACE + "-" + SPAN + "-0a").parent()).endsWith("-00");
    }

    @Test
    void withoutOneANewTraceBegins() {
        isFresh();
        assertThat(of().traceId()).isNotEqualTo(of().traceId());
    }

    @Test
    void whatIsNotWellFormedIsForgotten() {
        List<String> malformed = new ArrayList<>();
        malformed.add("");
        malformed.add("00");
        malformed.add(VALID.substring(0, 54));
        malformed.add(VALID + "0");
        malformed.add(VALID + "-what-the-future-will-be-like");
        malformed.add(VALID.replace('-', '_'));
        malformed.add("00-" + "0".repeat(32) + "-" + SPAN + "-01");
        malformed.add("00-" + TRACE + "-" + "0".repeat(16) + "-01");
        malformed.add("00-" + TRACE.toUpperCase(java.util.Locale.ROOT) + "-" + SPAN + "-01");
        malformed.add("00-" + TRACE + "-" + SPAN.replace('f', 'F') + "-01");
        malformed.add("00-" + TRACE + "-" + SPAN + "-0A");
        malformed.add("00-" + TRACE.replace('4', 'g') + "-" + SPAN + "-01");
        malformed.add("ff-" + TRACE + "-" + SPAN + "-01");
        malformed.add("0x-" + TRACE + "-" + SPAN + "-01");
        malformed.add(" " + VALID);
        malformed.forEach(this::isFresh);
    }

    @Test
    void ofAFutureVersionWhatIsKnownIsUsed() {
        for (String future :
                List.of(
                        "01-" + TRACE + "-" + SPAN + "-01",
                        "cc-" + TRACE + "-" + SPAN + "-01-what-the-future-will-be-like",
                        "fe-" + TRACE + "-" + SPAN + "-01-")) {
            assertThat(of(future).parent()).as(future).matches("00-" + TRACE + "-[0-9a-f]{16}-01");
        }
        isFresh("cc-" + TRACE + "-" + SPAN + "-01.what-the-future-will-be-like");
    }

    @Test
    void twoParentsAreNone() {
        isFresh(VALID, VALID);
        isFresh(VALID, "malformed");
    }

    @Test
    void theStateGoesOnWithItsTraceOnly() {
        assertThat(stateAfter(of(VALID))).isEqualTo("rojo=1");
        assertThat(stateAfter(of("malformed"))).isNull();
        assertThat(stateAfter(of())).isNull();
    }

    private static @Nullable String stateAfter(TraceContext trace) {
        var headers = Headers.of("tracestate", "rojo=1", "traceparent", "old");
        trace.sendUp(
                new HeaderEdit() {
                    @Override
                    public @Nullable String get(String name) {
                        return headers.first(name).orElse(null);
                    }

                    @Override
                    public void set(String name, String value) {
                        headers.set(name, value);
                    }

                    @Override
                    public void remove(String name) {
                        headers.remove(name);
                    }
                });
        assertThat(headers.all("traceparent")).containsExactly(trace.parent());
        return headers.first("tracestate").orElse(null);
    }
}
