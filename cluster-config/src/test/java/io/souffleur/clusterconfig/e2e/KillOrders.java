package io.souffleur.clusterconfig.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * What the ranks of one engine shall do to themselves, in this order, one after the other: a file that the
 * test writes and whoever is the rank at that time works off. Empty most of the time.
 */
record KillOrders(Path file) {
  /** A point in the life of a rank. */
  enum Point {
    /** While weights are mapped. */
    LOADING,
    /** In the first step that this process gets. */
    FIRST_STEP,
    /** In a step with the first of several chunks of a prompt. */
    FIRST_CHUNK,
    LATER_CHUNK,
    DECODE,
    /** In a step that copies a page of a shared prefix. */
    PAGE_COPY,
    /** In a step that keeps a state on the way. */
    CHECKPOINT,
    /** The result of a step lies in the stream to the front, which has not looked. */
    RESULT_WRITTEN
  }

  /** A signal, as an outsider sends it. */
  enum Deed {
    KILL,
    STOP
  }

  record Order(Point point, Deed deed) {
    static Order parse(String line) {
      String[] words = line.split(" ");
      return new Order(Point.valueOf(words[0]), Deed.valueOf(words[1]));
    }
  }

  void give(Order... orders) {
    write(Arrays.asList(orders));
  }

  List<Order> open() {
    try {
      return Files.readAllLines(file).stream().map(Order::parse).toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Takes the first order off the list: it is being carried out. */
  void begin() {
    List<Order> orders = open();
    write(orders.subList(1, orders.size()));
  }

  private void write(List<Order> orders) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.write(
          next, orders.stream().map(order -> order.point() + " " + order.deed()).toList());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
