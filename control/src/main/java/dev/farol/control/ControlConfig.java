package dev.farol.control;

import dev.farol.control.identity.IdentityConfig;
import java.time.Duration;

/**
 * Settings of the control API.
 *
 * @param subscription of the workspace that the first start makes
 * @param resourceGroup of that workspace
 * @param workspace its name
 * @param location what clients see as its region
 * @param pollHold how long the answer to a poll may wait for news
 */
public record ControlConfig(
        String subscription,
        String resourceGroup,
        String workspace,
        String location,
        Duration pollHold,
        IdentityConfig identity) {
    public static final ControlConfig DEFAULTS =
            new ControlConfig(
                    "00000000-0000-0000-0000-000000000001",
                    "farol",
                    "main",
                    "local",
                    Duration.ofSeconds(1),
                    IdentityConfig.DEFAULTS);

    public ControlConfig withPollHold(Duration hold) {
        return new ControlConfig(subscription, resourceGroup, workspace, location, hold, identity);
    }

    public ControlConfig withIdentity(IdentityConfig other) {
        return new ControlConfig(subscription, resourceGroup, workspace, location, pollHold, other);
    }
}
