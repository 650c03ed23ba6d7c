package io.souffleur.clusterconfig.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A YAML file of flags, read as the command line it stands for.
 *
 * <p>Keys are full flag names without the dashes in front. {@code true} gives a bare flag,
 * {@code false} leaves it out, a list gives several values, a mapping gives its JSON.
 */
final class ConfigFile {
  /** A launch file is a page of text; more is a mistake. */
  static final long BYTES_MAX = 1 << 20;

  private ConfigFile() {}

  static List<String> arguments(Path file, FlagTable table) throws UsageError {
    JsonNode root = read(file);
    if (root.isMissingNode() || root.isNull()) {
      return List.of();
    }
    if (!root.isObject()) {
      throw new UsageError("argument --config: " + file + " is no mapping of flag names to values");
    }
    List<String> arguments = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String name = "--" + entry.getKey();
      Flag flag = table.named(name).orElse(null);
      if (flag == null || name.equals("--config")) {
        throw new UsageError("argument --config: " + file + " has the unknown key '"
            + entry.getKey() + "'"
            + table
                .nearest(name)
                .map(near -> " (did you mean " + near.substring(2) + "?)")
                .orElse(""));
      }
      append(flag, name, entry.getValue(), file, arguments);
    }
    return arguments;
  }

  private static void append(
      Flag flag, String name, JsonNode value, Path file, List<String> arguments) throws UsageError {
    if (flag.bare()) {
      if (!value.isBoolean()) {
        throw new UsageError("argument --config: " + file + ": " + name.substring(2)
            + " takes true or false, not " + value);
      }
      if (value.booleanValue()) {
        arguments.add(name);
      }
    } else if (value.isArray()) {
      arguments.add(name);
      value.forEach(item -> arguments.add(item.asText()));
    } else if (value.isNull()) {
      throw new UsageError(
          "argument --config: " + file + ": " + name.substring(2) + " has no value");
    } else {
      arguments.add(name + "=" + (value.isObject() ? value.toString() : value.asText()));
    }
  }

  private static JsonNode read(Path file) throws UsageError {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new UsageError(
            "argument --config: " + file + " has more than " + BYTES_MAX + " bytes");
      }
      return new YAMLMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new UsageError("argument --config: " + file + " is no YAML: "
          + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UsageError("argument --config: cannot read " + file + ": " + e.getMessage());
    }
  }
}
