package dev.farol.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.Program;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.reconcile.Preparation.Step;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreparationTest {
    private static final int ROUNDS = 2000;

    /** A reconciler concludes conditions and the verdict from one view: they must agree. */
    @Test
    void failsAStepAndRefusesAtOnce() throws InterruptedException {
        var refusal =
                Verdict.early(
                        Phase.ENVIRONMENT, ErrorCode.ENVIRONMENT_UNRESOLVABLE, "bad", "mend it");
        for (int round = 0; round < ROUNDS; round++) {
            var preparation =
                    new Preparation(
                            OnlineDeployment.of(
                                    House.deployment("credit", "blue"), Json.object(), null),
                            null);
            preparation.step(Phase.ENVIRONMENT, new Step(Step.State.RUNNING, "Preparing."));
            Thread worker = Thread.ofPlatform().start(() -> preparation.refuse(refusal));
            Preparation.View view;
            do {
                view = preparation.view();
                boolean failed =
                        view.step(Phase.ENVIRONMENT).orElseThrow().state() == Step.State.FAILED;
                assertThat(view.refusal().isPresent()).isEqualTo(failed);
            } while (view.result() == null);
            worker.join();
            assertThat(view.step(Phase.ENVIRONMENT).orElseThrow().note()).isEqualTo("bad");
        }
    }

    /** What one look concludes from a revision does not change while it looks. */
    @Test
    void aLookSeesOneMoment() {
        OnlineDeployment document =
                OnlineDeployment.of(House.deployment("credit", "blue"), Json.object(), null);
        var preparation = new Preparation(document, null);
        var before = new DeploymentReconciler.Revision(document, preparation);

        preparation.done(
                new Prepared(
                        document,
                        "r",
                        new Program.Script(Path.of("p"), "key", Path.of("a"), "score.py"),
                        null,
                        Map.of(),
                        new StatusDocument.Server("python", "It has a script.")));

        assertThat(before.known()).isFalse();
        assertThat(before.prepared()).isEmpty();
        var after = new DeploymentReconciler.Revision(document, preparation);
        assertThat(after.known()).isTrue();
        assertThat(after.prepared()).isPresent();
    }
}
