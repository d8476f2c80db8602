package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.SCRIPT_INVALID;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Imports that fail. Those that fail inside a pickle are the model's. */
final class ImportRules {
    private static final String MISSING = "ModuleNotFoundError: No module named '([\\w.]+)'";

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                            "azureml-package-missing",
                            "ModuleNotFoundError: No module named '"
                                    + "((?:azureml|inference_schema|azureml_inference_server_http)[\\w.]*)'",
                            SCRIPT_INVALID,
                            ImportRules::missing,
                            hit -> addLine(PackageNames.packageOf(fullName(hit)))),
                    Rule.error(
                                    "own-module-not-found",
                                    MISSING,
                                    SCRIPT_INVALID,
                                    hit ->
                                            "The script imports "
                                                    + hit.group(1)
                                                    + ", which is in the code folder as "
                                                    + own(hit)
                                                    + ", where Python does not look.",
                                    hit ->
                                            "Import it by its path from the code folder ("
                                                    + own(hit).replaceAll("(/__init__)?\\.py$", "")
                                                            .replace('/', '.')
                                                    + "), or move it there.")
                            .and(ImportRules::isOwn),
                    Rule.error(
                            "module-shadowed",
                            "No module named '[\\w.]+'; '([\\w.]+)' is not a package",
                            SCRIPT_INVALID,
                            hit ->
                                    "A file named "
                                            + hit.group(1)
                                            + ".py hides the package "
                                            + hit.group(1)
                                            + ".",
                            hit -> "Rename your file " + hit.group(1) + ".py."),
                    Rule.error(
                                    "module-misspelt",
                                    MISSING,
                                    SCRIPT_INVALID,
                                    ImportRules::missing,
                                    hit ->
                                            "If "
                                                    + meant(hit)
                                                    + " was meant, correct the import; else "
                                                    + lowerFirst(addLine(packageOf(hit))))
                            .and(
                                    evidence ->
                                            find(evidence)
                                                    .flatMap(PackageNames::meant)
                                                    .isPresent()),
                    Rule.error(
                            "missing-module",
                            MISSING,
                            SCRIPT_INVALID,
                            ImportRules::missing,
                            hit -> addLine(packageOf(hit))),
                    Rule.error(
                            "name-not-in-module",
                            "ImportError: cannot import name '(\\w+)' from (?:partially initialized"
                                    + " module )?'([\\w.]+)'",
                            SCRIPT_INVALID,
                            hit ->
                                    "The module "
                                            + hit.group(2)
                                            + " of this environment has no "
                                            + hit.group(1)
                                            + ".",
                            hit ->
                                    "Pin in the conda file the version of "
                                            + PackageNames.packageOf(hit.group(2).split("\\.")[0])
                                            + " that the script was written for."));

    private ImportRules() {}

    private static String missing(Rule.Hit hit) {
        return "The environment has no module " + hit.group(1) + ".";
    }

    static String addLine(String packageName) {
        return "Add the line '- " + packageName + "' below 'pip:' in the conda file.";
    }

    private static String lowerFirst(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static String packageOf(Rule.Hit hit) {
        return PackageNames.packageOf(hit.group(1));
    }

    /** Python names the first part that is missing; the import statement says which was wanted. */
    private static String fullName(Rule.Hit hit) {
        String missing = hit.group(1);
        var wanted =
                Pattern.compile("(?:import|from) (" + Pattern.quote(missing) + "[\\w.]*)")
                        .matcher(String.valueOf(hit.evidence().location()));
        return wanted.find() ? wanted.group(1) : missing;
    }

    private static Optional<String> find(Evidence evidence) {
        var match = Pattern.compile(MISSING).matcher(evidence.error());
        return match.find() ? Optional.of(match.group(1)) : Optional.empty();
    }

    private static boolean isOwn(Evidence evidence) {
        return find(evidence)
                .flatMap(module -> FolderListing.module(evidence.appRoot(), module))
                .isPresent();
    }

    private static String own(Rule.Hit hit) {
        return FolderListing.module(hit.evidence().appRoot(), hit.group(1)).orElse("");
    }

    private static String meant(Rule.Hit hit) {
        return PackageNames.meant(hit.group(1)).orElse("");
    }
}
