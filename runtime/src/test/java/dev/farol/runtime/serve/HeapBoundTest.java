package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapBoundTest {
    private static final long MB = 1 << 20;

    private long committed;
    private long needed;
    private int collections;
    private final HeapBound bound =
            new HeapBound(
                    () -> committed,
                    () -> {
                        collections++;
                        committed = needed;
                    });

    private void serve() {
        for (int i = 0; i < 100; i++) {
            bound.request();
        }
    }

    @Test
    void aSmallHeapIsLeftAlone() {
        committed = 120 * MB;
        serve();
        assertThat(collections).isZero();
    }

    @Test
    void aHeapThatHasGrownIsCollectedOnce() {
        committed = 300 * MB;
        needed = 40 * MB;
        serve();
        assertThat(collections).isEqualTo(1);
        committed = 120 * MB;
        serve();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void aHeapThatIsNeededMayBeLarge() {
        committed = 300 * MB;
        needed = 280 * MB;
        serve();
        committed = 370 * MB;
        serve();
        assertThat(collections).isEqualTo(1);
        committed = 380 * MB;
        serve();
        assertThat(collections).isEqualTo(2);
    }
}
