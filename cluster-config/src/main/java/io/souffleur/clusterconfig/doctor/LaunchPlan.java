package io.souffleur.clusterconfig.doctor;

import com.typesafe.config.ConfigFactory;
import io.souffleur.actors.ActorsSettings;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.launch.EnginePlan;
import io.souffleur.clusterconfig.launch.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a launch with these options would load, and how it would divide memory. Loads no weights. */
final class LaunchPlan {
  private static final String TOPIC = "Memory plan";

  private LaunchPlan() {}

  static List<Finding> findings(LaunchOptions options) {
    List<Finding> found = new ArrayList<>();
    try {
      ServedModel model = ServedModel.open(options);
      found.add(new Finding(
          "Model",
          model.card().servedName() + ", " + model.summary().computeType() + ", weights "
              + Bytes.text(model.summary().weightBytes()) + ", context up to "
              + model.card().contextTokens() + " tokens"));
      found.add(new Finding(
          "Parsers",
          "reasoning " + model.card().reasoningParser().orElse("off") + ", tool calls "
              + model.card().toolCallParser().orElse("off")));
      EnginePlan plan =
          EnginePlan.of(options, model, ActorsSettings.systemConfig(ConfigFactory.empty()));
      plan.memory().lines().forEach(line -> found.add(new Finding(TOPIC, text(line))));
      plan.memory().warnings().forEach(line -> found.add(new Finding("Warning", line)));
    } catch (LaunchError refused) {
      found.add(new Finding("Launch", "would be refused: " + refused.getMessage()));
    }
    return found;
  }

  /** The plan's lines are indented under a heading of their own; here each has a topic in front. */
  private static String text(String line) {
    String heading = TOPIC.toLowerCase(Locale.ROOT) + ": ";
    String text = line.strip();
    return text.startsWith(heading) ? text.substring(heading.length()) : text;
  }
}
