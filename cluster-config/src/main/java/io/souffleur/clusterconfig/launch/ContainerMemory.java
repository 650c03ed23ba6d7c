package io.souffleur.clusterconfig.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a container still allows, by version 2 of control groups: the tightest limit of this process's
 * group and of all groups around it.
 *
 * @param limitBytes most memory of the group
 * @param freeBytes of it, what nobody holds or the kernel takes back when asked (cached files)
 */
record ContainerMemory(long limitBytes, long freeBytes) {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final Path OWN_GROUP = Path.of("/proc/self/cgroup");

  /** The line of version 2 in the list of a process's groups. */
  private static final String UNIFIED = "0::";

  private static final String UNLIMITED = "max";
  private static final String RECLAIMABLE = "inactive_file ";

  /** Empty without a limit, or where there are no such groups. */
  static Optional<ContainerMemory> measure() throws IOException {
    return measure(GROUPS, OWN_GROUP);
  }

  /**
   * @param groups where the tree of groups is mounted
   * @param ownGroup the list of this process's groups
   */
  static Optional<ContainerMemory> measure(Path groups, Path ownGroup) throws IOException {
    if (!Files.isReadable(ownGroup)) {
      return Optional.empty();
    }
    Optional<String> path = Files.readAllLines(ownGroup).stream()
        .filter(line -> line.startsWith(UNIFIED))
        .map(line -> line.substring(UNIFIED.length()))
        .findFirst();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Path group = groups.resolve(path.get().replaceFirst("^/+", "")).normalize();
    long limit = Long.MAX_VALUE;
    long free = Long.MAX_VALUE;
    while (group != null && group.startsWith(groups)) {
      Optional<ContainerMemory> here = of(group);
      if (here.isPresent()) {
        limit = Math.min(limit, here.get().limitBytes());
        free = Math.min(free, here.get().freeBytes());
      }
      group = group.getParent();
    }
    return limit == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new ContainerMemory(limit, free));
  }

  private static Optional<ContainerMemory> of(Path group) throws IOException {
    Path limitFile = group.resolve("memory.max");
    if (!Files.isReadable(limitFile)) {
      return Optional.empty();
    }
    String limitText = Files.readString(limitFile).strip();
    if (limitText.equals(UNLIMITED)) {
      return Optional.empty();
    }
    long limit = Long.parseLong(limitText);
    long used = Long.parseLong(Files.readString(group.resolve("memory.current")).strip());
    long free = limit - used + reclaimable(Files.readAllLines(group.resolve("memory.stat")));
    return Optional.of(new ContainerMemory(limit, Math.clamp(free, 0, limit)));
  }

  private static long reclaimable(List<String> stat) {
    return stat.stream()
        .filter(line -> line.startsWith(RECLAIMABLE))
        .mapToLong(line -> Long.parseLong(line.substring(RECLAIMABLE.length()).strip()))
        .findFirst()
        .orElse(0);
  }
}
