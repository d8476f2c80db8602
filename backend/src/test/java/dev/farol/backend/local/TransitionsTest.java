package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.local.Transitions.Transition;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TransitionsTest {
    @Test
    void everyStateIsReachedFromTheStartAndReachesTheEnd() {
        var reached = EnumSet.of(InstanceState.STARTING);
        var queue = new ArrayDeque<>(reached);
        while (!queue.isEmpty()) {
            InstanceState from = queue.remove();
            for (Transition row : Transitions.TABLE) {
                if (row.from() == from && reached.add(row.to())) {
                    queue.add(row.to());
                }
            }
        }
        assertThat(reached).containsExactlyInAnyOrder(InstanceState.values());
    }

    @Test
    void noEventLeadsToTwoStates() {
        var seen = new HashSet<String>();
        for (Transition row : Transitions.TABLE) {
            assertThat(seen.add(row.from() + " " + row.event())).as(row.toString()).isTrue();
            assertThat(Transitions.next(row.from(), row.event())).contains(row.to());
        }
    }

    @Test
    void whatIsGoneStaysGone() {
        for (InstanceEvent event : InstanceEvent.values()) {
            assertThat(Transitions.next(InstanceState.GONE, event)).isEmpty();
        }
    }

    @Test
    void everyStateButTheLastCanBeRemoved() {
        for (InstanceState state : InstanceState.values()) {
            if (state != InstanceState.GONE) {
                assertThat(Transitions.next(state, InstanceEvent.REMOVED))
                        .contains(InstanceState.STOPPING);
            }
        }
    }
}
