package dev.farol.control.reconcile;

import dev.farol.control.reconcile.Preparation.Step;
import dev.farol.spec.Phase;
import java.util.Map;

/** The steps of a preparation as conditions. */
final class PreparationFacts {
    private static final Map<Phase, String> TYPES =
            Map.of(
                    Phase.ENVIRONMENT, Facts.ENVIRONMENT_READY,
                    Phase.MODEL, Facts.MODEL_READY,
                    Phase.CODE, Facts.CODE_READY);

    private PreparationFacts() {}

    static void add(Facts facts, Preparation.View view) {
        for (Phase phase : new Phase[] {Phase.ENVIRONMENT, Phase.MODEL, Phase.CODE}) {
            String type = TYPES.getOrDefault(phase, "");
            view.step(phase)
                    .ifPresentOrElse(
                            step -> add(facts, type, step, view),
                            () -> facts.unknown(type, "Pending", "Not looked at yet."));
        }
    }

    private static void add(Facts facts, String type, Step step, Preparation.View view) {
        switch (step.state()) {
            case RUNNING -> facts.no(type, "Preparing", step.note());
            case DONE -> facts.yes(type, "Prepared", step.note());
            case FAILED ->
                    facts.no(
                            type,
                            view.refusal().map(verdict -> verdict.code().wire()).orElse("Failed"),
                            step.note());
        }
    }
}
