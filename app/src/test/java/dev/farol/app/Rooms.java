package dev.farol.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each room may import, as data, and the rules made of it. The table is that of
 * docs/architecture.md.
 */
final class Rooms {
    /**
     * A room: its package, the rooms that it may import, and the libraries that only it may use.
     */
    record Room(String name, Set<String> mayImport, List<String> ownLibraries) {
        String root() {
            return "dev.farol." + name;
        }
    }

    static final List<Room> ALL =
            List.of(
                    new Room("spec", Set.of(), List.of()),
                    new Room("kit", Set.of(), List.of("org.bouncycastle..")),
                    new Room(
                            "wire",
                            Set.of("spec", "kit"),
                            List.of("io.vertx..", "io.netty..", "java.net.http..")),
                    new Room(
                            "store",
                            Set.of("spec", "kit"),
                            List.of(
                                    "org.flywaydb..",
                                    "com.zaxxer..",
                                    "org.postgresql..",
                                    "org.apache.opendal..",
                                    "java.sql..")),
                    new Room("environment", Set.of("spec", "kit"), List.of()),
                    new Room("mlflow", Set.of("spec", "kit", "environment"), List.of()),
                    new Room("backend", Set.of("spec", "kit"), List.of()),
                    new Room(
                            "control",
                            Set.of(
                                    "spec",
                                    "kit",
                                    "wire",
                                    "store",
                                    "environment",
                                    "mlflow",
                                    "backend"),
                            List.of("com.nimbusds..")),
                    new Room("gateway", Set.of("spec", "kit", "wire"), List.of()),
                    new Room("runtime", Set.of("spec", "kit", "wire"), List.of()),
                    new Room("runtime.python", Set.of("spec", "kit", "wire", "runtime"), List.of()),
                    new Room(
                            "runtime.onnx",
                            Set.of("spec", "kit", "runtime"),
                            List.of("ai.onnxruntime..")),
                    new Room("cli", Set.of("spec", "kit", "wire"), List.of("io.burt..")));

    /** Packages that are doors of their room as its top package is. */
    static final Set<String> DOORS = Set.of("dev.farol.runtime.tensor", "dev.farol.runtime.serve");

    private Rooms() {}

    /** Every rule by the name of the canary that breaks it. */
    static Map<String, ArchRule> rules() {
        var rules = new LinkedHashMap<String, ArchRule>();
        for (Room room : ALL) {
            rules.put("imports of " + room.name(), imports(room));
            for (String library : room.ownLibraries()) {
                rules.put("library " + library, library(room, library));
            }
        }
        rules.put("nobody imports app", nobodyImportsApp());
        rules.put("private packages", privatePackages());
        rules.put("spec needs only the JDK", specIsPlain());
        return rules;
    }

    private static ArchRule imports(Room room) {
        DescribedPredicate<JavaClass> foreign =
                describe(
                        "of a room that " + room.name() + " may not import",
                        target ->
                                roomOf(target)
                                        .map(
                                                other ->
                                                        !other.equals(room.name())
                                                                && !room.mayImport()
                                                                        .contains(other))
                                        .orElse(false));
        return noClasses()
                .that(
                        describe(
                                "are in " + room.name(),
                                source -> roomOf(source).filter(room.name()::equals).isPresent()))
                .should()
                .dependOnClassesThat(foreign);
    }

    private static ArchRule library(Room owner, String library) {
        return noClasses()
                .that(
                        describe(
                                "are outside " + owner.name(),
                                source ->
                                        !roomOf(source).orElse("").equals(owner.name())
                                                && source.getPackageName()
                                                        .startsWith("dev.farol.")))
                .should()
                .dependOnClassesThat(resideInAnyPackage(library));
    }

    private static ArchRule nobodyImportsApp() {
        return noClasses()
                .that(describe("are in a room", source -> roomOf(source).isPresent()))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.farol.app.."));
    }

    /** A room's door is its top package; kit is a box of tools and has no private packages. */
    private static ArchRule privatePackages() {
        var rule =
                noClasses()
                        .that(
                                describe(
                                        "are in Farol",
                                        source -> source.getPackageName().startsWith("dev.farol.")))
                        .should(
                                new com.tngtech.archunit.lang.ArchCondition<JavaClass>(
                                        "reach behind another room's door") {
                                    @Override
                                    public void check(
                                            JavaClass source,
                                            com.tngtech.archunit.lang.ConditionEvents events) {
                                        source.getDirectDependenciesFromSelf()
                                                .forEach(
                                                        dependency -> {
                                                            JavaClass target =
                                                                    dependency
                                                                            .getTargetClass()
                                                                            .getBaseComponentType();
                                                            var room = roomOf(target);
                                                            if (room.isPresent()
                                                                    && !room.get().equals("kit")
                                                                    && !room.equals(roomOf(source))
                                                                    && !DOORS.contains(
                                                                            target.getPackageName())
                                                                    && !target.getPackageName()
                                                                            .equals(
                                                                                    "dev.farol."
                                                                                            + room
                                                                                                    .get())) {
                                                                events.add(
                                                                        com.tngtech.archunit.lang
                                                                                .SimpleConditionEvent
                                                                                .satisfied(
                                                                                        dependency,
                                                                                        dependency
                                                                                                .getDescription()));
                                                            }
                                                        });
                                    }
                                });
        return rule;
    }

    private static ArchRule specIsPlain() {
        return noClasses()
                .that()
                .resideInAPackage("dev.farol.spec..")
                .should()
                .dependOnClassesThat(
                        describe(
                                "outside the JDK and JSpecify",
                                target ->
                                        !target.getBaseComponentType().isPrimitive()
                                                && !target.getPackageName().startsWith("java.")
                                                && !target.getPackageName()
                                                        .startsWith("org.jspecify.")
                                                && !target.getPackageName()
                                                        .startsWith("dev.farol.spec")));
    }

    /** The room of a class; runtime.python is a side room of runtime, not a package of it. */
    static java.util.Optional<String> roomOf(JavaClass type) {
        String name = type.getPackageName() + ".";
        String best = null;
        for (Room room : ALL) {
            if (name.startsWith(room.root() + ".")
                    && (best == null || room.name().length() > best.length())) {
                best = room.name();
            }
        }
        return java.util.Optional.ofNullable(best);
    }
}
