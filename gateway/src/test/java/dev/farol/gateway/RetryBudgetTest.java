package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    private static long taken(RetryBudget budget, int tries, long now) {
        return IntStream.range(0, tries).filter(each -> budget.take(now)).count();
    }

    @Test
    void aFewPerSecondWithoutTraffic() {
        var budget = new RetryBudget(10, 3, 0);
        assertThat(taken(budget, 100, 0)).isEqualTo(3);
        assertThat(taken(budget, 100, SECOND)).isEqualTo(3);
        assertThat(taken(budget, 100, 1000 * SECOND)).isEqualTo(30);
    }

    @Test
    void aShareOfTheRequests() {
        var budget = new RetryBudget(10, 0, 0);
        assertThat(taken(budget, 10, 0)).isZero();
        IntStream.range(0, 1000).forEach(each -> budget.requested());
        assertThat(taken(budget, 1000, 0)).isEqualTo(100);
    }
}
