package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.behaviour;
import static dev.farol.control.reconcile.House.capacity;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.endpoint;
import static dev.farol.control.reconcile.House.environmentVersion;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.model.StatusDocument;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.store.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens in whatever order: everything ends, and what is there is what is to be there.
 */
class RandomScenarioIT {
    private static final int SEQUENCES = 200;
    private static final int EVENTS = 12;
    private static final List<String> NAMES = List.of("blue", "green");

    @TempDir Path home;

    static Stream<Long> seeds() {
        long first = Long.getLong("farol.test.seed", System.nanoTime());
        return IntStream.range(0, SEQUENCES).mapToObj(each -> first + each);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void endsEveryOperationAndServesWhatIsGood(long seed) {
        var random = new Random(seed);
        var told = new ArrayList<String>();
        try (var house = new House(home).start()) {
            for (int event = 0; event < EVENTS; event++) {
                told.add(happen(house, random));
            }
            try {
                check(house, told);
            } catch (AssertionError unsettled) {
                throw new AssertionError(state(house), unsettled);
            }
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ", events " + told, failure);
        }
    }

    private static String happen(House house, Random random) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        boolean open = alive(house, endpoint("credit"));
        if (!open) {
            boolean absent = house.store.resources().find(endpoint("credit")).isEmpty();
            if (absent) {
                house.putEndpoint("credit", Map.of());
            }
            return absent ? "endpoint" : "waiting";
        }
        ResourceId id = deployment("credit", name);
        int dice = random.nextInt(20);
        if (dice < 3 && alive(house, id)) {
            house.restartDeployment("credit", name);
            return "restart " + name;
        }
        if (dice < 10) {
            boolean free = house.store.resources().find(id).isEmpty() || alive(house, id);
            return free ? put(house, name, random) : "busy " + name;
        }
        if (dice < 13 && alive(house, id)) {
            house.delete(id);
            return "delete " + name;
        }
        if (dice == 13) {
            house.delete(endpoint("credit"));
            return "delete endpoint";
        }
        if (dice < 16) {
            house.running().stream().findAny().ifPresent(house.backend::crash);
            return "crash";
        }
        if (dice == 16) {
            house.running().stream().findAny().ifPresent(house.backend::lose);
            return "lose";
        }
        if (dice == 17) {
            house.restart();
            return "restart";
        }
        eventually("a moment", () -> random.nextInt(3) > 0);
        return "pause";
    }

    private static String put(House house, String name, Random random) {
        String behaviour = List.of("ready", "ready", "fail", "hang").get(random.nextInt(4));
        String environment = List.of("1", "1", "2", "bad", "slow").get(random.nextInt(5));
        int count = random.nextInt(4);
        house.putDeployment(
                "credit",
                name,
                behaviour(behaviour),
                environmentVersion(environment),
                capacity(count));
        return "put " + name + " " + behaviour + " " + environment + " x" + count;
    }

    private static boolean alive(House house, ResourceId id) {
        return house.store
                .resources()
                .find(id)
                .filter(found -> StatusDocument.of(found).state() != ProvisioningState.DELETING)
                .isPresent();
    }

    private static void check(House house, List<String> told) {
        eventually(
                "every operation ends after " + told,
                () -> {
                    house.environments.release();
                    house.backend.release();
                    return house.store.operations().unfinished().isEmpty();
                });
        eventually(
                "what runs is what is to run",
                () -> {
                    house.backend.release();
                    return wanted(house) == house.running().size() && routed(house);
                });
        assertMonotonic(house.snapshots);
    }

    /** All that a look at a failure needs. */
    private static String state(House house) {
        return "wanted "
                + wanted(house)
                + ", instances "
                + house.backend.instances
                + ", routed "
                + NAMES.stream().map(name -> house.routed("credit", name)).toList()
                + ", backend "
                + house.backend.events
                + ", statuses "
                + NAMES.stream()
                        .flatMap(
                                name ->
                                        house
                                                .store
                                                .resources()
                                                .find(deployment("credit", name))
                                                .stream())
                        .map(found -> found.id().name() + " " + found.status())
                        .toList();
    }

    private static int wanted(House house) {
        return NAMES.stream()
                .flatMap(name -> house.store.resources().find(deployment("credit", name)).stream())
                .mapToInt(RandomScenarioIT::capacityOfGood)
                .sum();
    }

    private static int capacityOfGood(Resource resource) {
        return StatusDocument.of(resource)
                .lastGood()
                .map(good -> good.spec().path("sku").path("capacity").asInt(1))
                .orElse(0);
    }

    private static boolean routed(House house) {
        return NAMES.stream().mapToInt(name -> house.routed("credit", name).size()).sum()
                == house.running().size();
    }

    private static void assertMonotonic(List<RoutingSnapshot> snapshots) {
        assertThat(snapshots)
                .extracting(RoutingSnapshot::version)
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
