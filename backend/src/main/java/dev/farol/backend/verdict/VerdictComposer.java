package dev.farol.backend.verdict;

import dev.farol.backend.InstanceTypes;
import dev.farol.spec.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what happened, and what to do about it: the first rule that fits speaks. */
public final class VerdictComposer {
    /** In the order of asking: the machine's reasons, the script's, the model's, the rest. */
    static final List<Rule> RULES =
            Stream.of(
                            MemoryRules.TABLE,
                            SystemRules.TABLE,
                            ScriptRules.TABLE,
                            MlflowRules.TABLE,
                            ProgramRules.TABLE,
                            FileRules.TABLE,
                            ModelRules.TABLE,
                            NativeRules.TABLE,
                            ImportRules.TABLE,
                            OtherRules.TABLE)
                    .flatMap(List::stream)
                    .toList();

    private final InstanceTypes types;
    private final IntFunction<Optional<String>> portHolder;

    public VerdictComposer(InstanceTypes types) {
        this(types, PortHolder::of);
    }

    VerdictComposer(InstanceTypes types, IntFunction<Optional<String>> portHolder) {
        this.types = types;
        this.portHolder = portHolder;
    }

    /**
     * @param reproduce the command that shows the same failure, as one line
     */
    public Verdict compose(Failure failure, @Nullable String reproduce) {
        var evidence = new Evidence(failure, types, portHolder);
        Rule.Finding finding = find(evidence);
        return new Verdict(
                failure.phase(),
                finding.code(),
                finding.message(),
                evidence.exception(),
                evidence.location(),
                failure.log().isEmpty() ? failure.faults() : failure.log(),
                failure.exitCode(),
                finding.fix(),
                reproduce);
    }

    static Rule.Finding find(Evidence evidence) {
        return RULES.stream()
                .map(rule -> rule.apply(evidence))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the last rule always fits"));
    }
}
