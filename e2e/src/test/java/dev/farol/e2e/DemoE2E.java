package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The README's first command: a real model, trained, deployed, split and scored; and again, in
 * seconds.
 */
class DemoE2E {
    @Test
    void theDemoAnswersTeachesAndLeavesTheServerRunning() throws Exception {
        try (var farol = new Farol(false)) {
            var first = farol.run(Duration.ofMinutes(10), "demo", "--port", "0").ok();
            assertThat(first.out())
                    .contains("./farol up --detach")
                    .contains("./farol online-endpoint create")
                    .contains("./farol online-deployment create")
                    .contains("./farol online-endpoint update")
                    .contains("--traffic")
                    .contains("./farol online-endpoint invoke")
                    .contains("progression")
                    .containsPattern("blue\\s+1[5-9]\\d")
                    .containsPattern("green\\s+\\d+")
                    .contains("ms")
                    .contains("./farol down");
            long pid = farol.status().get("pid").asLong();
            var second = farol.run(Duration.ofMinutes(2), "demo", "--port", "0").ok();
            assertThat(second.out()).contains("progression");
            assertThat(farol.status().get("pid").asLong()).isEqualTo(pid);
        }
    }
}
