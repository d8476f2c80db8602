package dev.farol.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The rooms keep to what they may import; and each rule is shown to bite, by a canary that breaks
 * it.
 */
class RoomsTest {
    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.farol");
    private static final JavaClasses CANARIES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                    .importPackages("dev.farol");

    /** The canary that must be caught by each rule, by its simple name. */
    private static final Map<String, String> CANARY =
            Map.ofEntries(
                    Map.entry("imports of spec", "SpecImportsKit"),
                    Map.entry("imports of kit", "KitImportsSpec"),
                    Map.entry("imports of wire", "WireImportsStore"),
                    Map.entry("imports of store", "StoreImportsWire"),
                    Map.entry("imports of environment", "EnvironmentImportsStore"),
                    Map.entry("imports of mlflow", "MlflowImportsStore"),
                    Map.entry("imports of backend", "BackendImportsWire"),
                    Map.entry("imports of control", "ControlImportsGateway"),
                    Map.entry("imports of gateway", "GatewayImportsStore"),
                    Map.entry("imports of runtime", "RuntimeImportsBackend"),
                    Map.entry("imports of runtime.python", "PythonImportsControl"),
                    Map.entry("imports of runtime.onnx", "OnnxImportsWire"),
                    Map.entry("imports of cli", "CliImportsControl"),
                    Map.entry("library org.bouncycastle..", "UsesForeignLibraries"),
                    Map.entry("library io.vertx..", "UsesForeignLibraries"),
                    Map.entry("library io.netty..", "UsesForeignLibraries"),
                    Map.entry("library java.net.http..", "UsesForeignLibraries"),
                    Map.entry("library org.flywaydb..", "UsesForeignLibraries"),
                    Map.entry("library com.zaxxer..", "UsesForeignLibraries"),
                    Map.entry("library org.postgresql..", "UsesForeignLibraries"),
                    Map.entry("library org.apache.opendal..", "UsesForeignLibraries"),
                    Map.entry("library java.sql..", "UsesForeignLibraries"),
                    Map.entry("library com.nimbusds..", "UsesForeignLibraries"),
                    Map.entry("library io.burt..", "UsesForeignLibraries"),
                    Map.entry("library ai.onnxruntime..", "UsesForeignLibraries"),
                    Map.entry("nobody imports app", "CliImportsApp"),
                    Map.entry("private packages", "GatewayReachesBehindWire"),
                    Map.entry("spec needs only the JDK", "SpecImportsJackson"));

    @TestFactory
    List<DynamicTest> everyRoomKeepsItsRule() {
        var tests = new ArrayList<DynamicTest>();
        Rooms.rules()
                .forEach(
                        (name, rule) ->
                                tests.add(
                                        DynamicTest.dynamicTest(
                                                name,
                                                () ->
                                                        assertThat(violations(rule, PRODUCT))
                                                                .isEmpty())));
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyRuleCatchesItsCanary() {
        var tests = new ArrayList<DynamicTest>();
        Rooms.rules()
                .forEach(
                        (name, rule) ->
                                tests.add(
                                        DynamicTest.dynamicTest(
                                                name,
                                                () ->
                                                        assertThat(violations(rule, CANARIES))
                                                                .as("the canary of '" + name + "'")
                                                                .anyMatch(
                                                                        line ->
                                                                                line.contains(
                                                                                        CANARY
                                                                                                .getOrDefault(
                                                                                                        name,
                                                                                                        "a canary that is missing"))))));
        return tests;
    }

    @Test
    void theProductWasLookedAtWhole() {
        var rooms =
                PRODUCT.stream().map(Rooms::roomOf).flatMap(java.util.Optional::stream).distinct();
        assertThat(rooms)
                .containsExactlyInAnyOrderElementsOf(
                        Rooms.ALL.stream().map(Rooms.Room::name).toList());
    }

    private static List<String> violations(ArchRule rule, JavaClasses classes) {
        return rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails();
    }
}
