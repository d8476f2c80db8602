package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.ResourceStore.Change;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What every resource store does. */
abstract class ResourceStoreContract extends StoreContract {
    @Test
    void keepsWhatWasCreatedInItsSpelling() {
        Resource created =
                store.resources().create(CREDIT, json("a", 1), json("state", "new"), "ana");

        assertThat(created.id()).isEqualTo(CREDIT);
        assertThat(created.generation()).isEqualTo(1);
        assertThat(created.spec()).isEqualTo(json("a", 1));
        assertThat(created.status()).isEqualTo(json("state", "new"));
        assertThat(created.createdBy()).isEqualTo("ana");
        assertThat(created.modifiedBy()).isEqualTo("ana");
        assertThat(created.createdAt()).isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS));
        assertThat(store.resources().find(CREDIT)).contains(created);
        assertThat(store.resources().find(ResourceId.parse(CREDIT.key()))).contains(created);
        assertThat(store.resources().find(WORKSPACE)).isEmpty();
    }

    @Test
    void keepsTypesInTheirSpelling() {
        ResourceId id = WORKSPACE.child("featureStores", "A").child("EntitySets", "b");
        create(id);

        assertThat(store.resources().find(id).orElseThrow().id()).isEqualTo(id);
        assertThat(store.resources().ofKind("featurestores/entitysets")).hasSize(1);
    }

    @Test
    void keepsAnyText() {
        ObjectNode odd = Json.object();
        odd.put("text", "\u0000 \u001f 🙂 \" \\ \u2028 \ud800");
        odd.put("large", Long.MAX_VALUE).put("small", 1e-300).put("decimal", 0.1).putNull("none");
        Resource created = store.resources().create(CREDIT, odd, Json.object(), "日本");

        assertThat(created.spec().get("text").stringValue()).startsWith("\u0000 \u001f 🙂 \" \\");
        assertThat(store.resources().find(CREDIT)).contains(created);
        assertThat(created.createdBy()).isEqualTo("日本");
    }

    @Test
    void refusesToCreateWhatExists() {
        create(CREDIT);

        refused(ErrorCode.CONFLICT, () -> create(WORKSPACE.child("ONLINEendpoints", "CREDIT")));
        assertThat(store.resources().ofKind("onlineEndpoints")).hasSize(1);
    }

    @Test
    void generationGrowsWithTheSpecOnly() {
        Resource first = create(CREDIT);
        clock.forward(Duration.ofSeconds(1));
        Resource second =
                store.resources().updateSpec(CREDIT, first.version(), json("a", 2), "bob");
        clock.forward(Duration.ofSeconds(1));
        Resource third =
                store.resources().updateStatus(CREDIT, second.version(), json("state", "done"));

        assertThat(second.generation()).isEqualTo(2);
        assertThat(second.createdBy()).isEqualTo("ana");
        assertThat(second.modifiedBy()).isEqualTo("bob");
        assertThat(second.modifiedAt()).isEqualTo(first.modifiedAt().plusSeconds(1));
        assertThat(third.generation()).isEqualTo(2);
        assertThat(third.spec()).isEqualTo(json("a", 2));
        assertThat(third.modifiedAt()).isEqualTo(second.modifiedAt());
        assertThat(third.version()).isNotEqualTo(second.version());
        assertThat(store.resources().find(CREDIT)).contains(third);
    }

    @Test
    void theSameSpecIsTheSameGeneration() {
        Resource first =
                store.resources().create(CREDIT, json("a", 1).put("b", 2), Json.object(), "ana");
        ObjectNode same = json("b", 2);
        same.set("a", JsonNodeFactory.instance.numberNode(1L));

        Resource second = store.resources().updateSpec(CREDIT, first.version(), same, "bob");

        assertThat(second.generation()).isEqualTo(1);
        assertThat(second.modifiedBy()).isEqualTo("bob");
    }

    @Test
    void writesNoStatusWhenNothingChanged() {
        Resource first = create(CREDIT);
        long change = store.resources().lastChange();

        Resource second =
                store.resources().updateStatus(CREDIT, first.version(), json("state", "new"));

        assertThat(second).isEqualTo(first);
        assertThat(store.resources().lastChange()).isEqualTo(change);
    }

    @Test
    void refusesAVersionThatIsNotThePresentOne() {
        long stale = create(CREDIT).version();
        Resource now = store.resources().updateSpec(CREDIT, stale, json("a", 2), "bob");

        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.resources().updateSpec(CREDIT, stale, json("a", 3), "eve"));
        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.resources().updateStatus(CREDIT, stale, json("state", "late")));
        assertThat(store.resources().find(CREDIT)).contains(now);
    }

    @Test
    void aResourceMadeAnewHasANewVersion() {
        long old = create(CREDIT).version();
        store.resources().delete(CREDIT);
        create(CREDIT);

        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.resources().updateSpec(CREDIT, old, json("a", 3), "eve"));
    }

    @Test
    void cannotChangeWhatIsGone() {
        refused(
                ErrorCode.RESOURCE_NOT_FOUND,
                () -> store.resources().updateSpec(CREDIT, 1, json("a", 3), "eve"));
        refused(
                ErrorCode.RESOURCE_NOT_FOUND,
                () -> store.resources().updateStatus(CREDIT, 1, json("a", 3)));
        refused(
                ErrorCode.RESOURCE_NOT_FOUND,
                () -> store.resources().putSecret(CREDIT, "key", new byte[1]));
    }

    @Test
    void deletesAllBelowAndNothingBeside() {
        List<ResourceId> beside =
                List.of(
                        WORKSPACE,
                        WORKSPACE.child("onlineEndpoints", "Credit-2"),
                        WORKSPACE.child("onlineEndpoints", "Credit0"),
                        WORKSPACE.child("onlineEndpoints", "Credi"),
                        WORKSPACE.child("models", "Credit"));
        beside.forEach(this::create);
        create(CREDIT);
        create(BLUE);
        store.resources().putSecret(BLUE, "key", new byte[] {1});

        assertThat(store.resources().delete(ResourceId.parse(CREDIT.key()))).isTrue();

        assertThat(store.resources().find(CREDIT)).isEmpty();
        assertThat(store.resources().find(BLUE)).isEmpty();
        assertThat(store.resources().secret(BLUE, "key")).isEmpty();
        assertThat(beside).allMatch(id -> store.resources().find(id).isPresent());
        assertThat(store.resources().delete(CREDIT)).isFalse();
        create(BLUE);
        assertThat(store.resources().secret(BLUE, "key")).isEmpty();
    }

    @Test
    void listsTheChildrenOfOneType() {
        create(WORKSPACE);
        create(CREDIT);
        create(BLUE);
        create(CREDIT.child("deployments", "Green"));
        create(CREDIT.child("jobs", "blue"));
        ResourceId other = WORKSPACE.child("onlineEndpoints", "other");
        create(other);
        create(other.child("deployments", "blue"));

        assertThat(names(query(CREDIT, "Deployments", null, Order.NAME, 0, 10)))
                .containsExactly("blue", "Green");
        assertThat(names(query(CREDIT, "deployments", "green", Order.NAME, 0, 10)))
                .containsExactly("Green");
        assertThat(names(query(WORKSPACE, "onlineEndpoints", null, Order.NAME, 0, 10)))
                .containsExactly("Credit", "other");
        assertThat(names(query(BLUE, "deployments", null, Order.NAME, 0, 10))).isEmpty();
    }

    @Test
    void listsInEveryOrderByPages() {
        for (String name : List.of("c", "A", "b", "Z", "é", "_")) {
            create(CREDIT.child("deployments", name));
            if (!name.equals("b")) {
                clock.forward(Duration.ofSeconds(1));
            }
        }
        ResourceId a = CREDIT.child("deployments", "A");
        store.resources().updateSpec(a, version(a), json("a", 2), "bob");

        assertThat(names(all(Order.NAME))).containsExactly("_", "A", "b", "c", "Z", "é");
        assertThat(names(all(Order.CREATED_ASCENDING)))
                .containsExactly("c", "A", "b", "Z", "é", "_");
        assertThat(names(all(Order.CREATED_DESCENDING)))
                .containsExactly("_", "é", "b", "Z", "A", "c");
        assertThat(names(all(Order.MODIFIED_ASCENDING)))
                .containsExactly("c", "b", "Z", "é", "_", "A");
        assertThat(names(all(Order.MODIFIED_DESCENDING)))
                .containsExactly("A", "_", "é", "b", "Z", "c");
        assertThat(names(query(CREDIT, "deployments", null, Order.NAME, 2, 2)))
                .containsExactly("b", "c");
        assertThat(query(CREDIT, "deployments", null, Order.NAME, 6, 2)).isEmpty();
    }

    @Test
    void findsAllOfAKindInAllWorkspaces() {
        ResourceId other = ResourceId.workspace("Sub-1", "Group", "Second");
        create(WORKSPACE);
        create(other);
        create(BLUE);
        create(other.child("onlineEndpoints", "x").child("deployments", "y"));

        assertThat(store.resources().ofKind("workspaces")).hasSize(2);
        assertThat(store.resources().ofKind("onlineEndpoints/deployments"))
                .extracting(Resource::id)
                .contains(BLUE)
                .hasSize(2);
        assertThat(store.resources().ofKind("deployments")).isEmpty();
    }

    @Test
    void keepsSecretsApart() {
        Resource before = create(CREDIT);
        byte[] value = "päss\0word".getBytes(UTF_8);
        store.resources().putSecret(CREDIT, "primaryKey", value);
        store.resources().putSecret(CREDIT, "secondaryKey", new byte[0]);
        value[0] = 'x';

        assertThat(store.resources().secret(CREDIT, "primaryKey"))
                .hasValueSatisfying(
                        kept -> assertThat(new String(kept, UTF_8)).isEqualTo("päss\0word"));
        assertThat(store.resources().secret(CREDIT, "secondaryKey").orElseThrow()).isEmpty();
        assertThat(store.resources().secret(CREDIT, "PrimaryKey")).isEmpty();
        assertThat(store.resources().secret(BLUE, "primaryKey")).isEmpty();
        assertThat(store.resources().find(CREDIT)).contains(before);

        store.resources().putSecret(ResourceId.parse(CREDIT.key()), "primaryKey", new byte[] {7});
        assertThat(store.resources().secret(CREDIT, "primaryKey").orElseThrow()).containsExactly(7);
    }

    @Test
    void everyWriteLeavesOneChange() {
        assertThat(store.resources().lastChange()).isZero();
        create(CREDIT);
        create(BLUE);
        store.resources().updateSpec(BLUE, version(BLUE), json("a", 2), "bob");
        store.resources().updateStatus(BLUE, version(BLUE), json("state", "x"));
        store.resources().putSecret(CREDIT, "key", new byte[] {1});
        store.resources().putSecret(CREDIT, "key", new byte[] {1});
        store.resources().delete(CREDIT);
        store.resources().delete(CREDIT);

        assertThat(store.resources().changes(0, 100))
                .containsExactly(
                        new Change(1, CREDIT, false),
                        new Change(2, BLUE, false),
                        new Change(3, BLUE, false),
                        new Change(4, BLUE, false),
                        new Change(5, CREDIT, false),
                        new Change(6, CREDIT, true),
                        new Change(7, BLUE, true));
        assertThat(store.resources().lastChange()).isEqualTo(7);
        assertThat(store.resources().changes(3, 2))
                .extracting(Change::number)
                .containsExactly(4L, 5L);
        assertThat(store.resources().changes(7, 2)).isEmpty();
    }

    @Test
    void forgetsOldChanges() {
        create(CREDIT);
        long writes = 10_600;
        store.transact(
                within -> {
                    for (int i = 1; i < writes; i++) {
                        within.resources()
                                .putSecret(CREDIT, "n", String.valueOf(i).getBytes(UTF_8));
                    }
                    return writes;
                });

        List<Change> left = store.resources().changes(0, Integer.MAX_VALUE);
        assertThat(left).hasSizeBetween(10_000, 10_499);
        assertThat(left)
                .extracting(Change::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(left.getFirst().number(), writes).boxed().toList());
    }

    @Test
    void documentsAreNotShared() {
        ObjectNode spec = json("a", 1);
        Resource created = store.resources().create(CREDIT, spec, Json.object(), "ana");
        spec.put("a", 2);
        created.spec().put("a", 3);
        store.resources().find(CREDIT).orElseThrow().spec().put("a", 4);

        assertThat(store.resources().find(CREDIT).orElseThrow().spec()).isEqualTo(json("a", 1));
    }

    @Test
    void losesNoUpdateByVersions() {
        create(CREDIT);
        together(
                8,
                thread -> {
                    for (int done = 0; done < 10; ) {
                        Resource now = store.resources().find(CREDIT).orElseThrow();
                        ObjectNode next = json("a", now.spec().get("a").intValue() + 1);
                        try {
                            store.resources().updateSpec(CREDIT, now.version(), next, "t" + thread);
                            done++;
                        } catch (FarolException e) {
                            assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                        }
                    }
                });

        Resource end = store.resources().find(CREDIT).orElseThrow();
        assertThat(end.spec()).isEqualTo(json("a", 81));
        assertThat(end.generation()).isEqualTo(81);
    }

    @Test
    void followersOfTheFeedMissNothing() {
        create(CREDIT);
        List<Long> seen = new ArrayList<>();
        together(
                5,
                thread -> {
                    if (thread == 0) {
                        follow(seen, 81);
                    } else {
                        for (int i = 0; i < 20; i++) {
                            byte[] value = (thread + ":" + i).getBytes(UTF_8);
                            store.resources().putSecret(CREDIT, "n" + thread, value);
                        }
                    }
                });

        assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(1, 81).boxed().toList());
    }

    private void follow(List<Long> seen, int end) {
        while (seen.size() < end) {
            long after = seen.isEmpty() ? 0 : seen.getLast();
            store.resources().changes(after, 10).forEach(change -> seen.add(change.number()));
            Thread.yield();
        }
    }

    private List<Resource> all(Order order) {
        return query(CREDIT, "deployments", null, order, 0, 100);
    }

    private List<Resource> query(
            ResourceId parent,
            String type,
            @Nullable String name,
            Order order,
            int offset,
            int limit) {
        return store.resources().list(new Query(parent, type, name, order, offset, limit));
    }

    private static List<String> names(List<Resource> resources) {
        return resources.stream().map(resource -> resource.id().name()).toList();
    }
}
