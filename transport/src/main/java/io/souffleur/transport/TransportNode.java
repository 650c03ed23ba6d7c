package io.souffleur.transport;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;

/**
 * The media driver of a front process and the driver's first client, or a rank's client of it.
 *
 * <p>The driver is one thread that sleeps between its rounds: over shared memory it carries no bytes, it
 * only opens and watches streams. Opening a channel waits for it and takes some milliseconds, so it
 * belongs to set-up. Everything opened here ends with {@link #close}.
 */
public final class TransportNode implements AutoCloseable {
  private static final long DRIVER_PARK_MIN_NANOS = 500_000;
  private static final long DRIVER_PARK_MAX_NANOS = 4_000_000;

  private final MediaDriver driver;
  private final Aeron aeron;
  private final TransportSettings settings;
  private final TransportCounters counters;

  private TransportNode(
      MediaDriver driver, Aeron aeron, TransportSettings settings, TransportCounters counters) {
    this.driver = driver;
    this.aeron = aeron;
    this.settings = settings;
    this.counters = counters;
  }

  /** Starts the driver in {@code directory} and connects to it. For the front process. */
  public static TransportNode launch(
      Path directory, TransportSettings settings, TransportCounters counters) {
    MediaDriver driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
        .aeronDirectoryName(directory.toString())
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .warnIfDirectoryExists(false)
        .threadingMode(ThreadingMode.SHARED)
        .sharedIdleStrategy(
            new BackoffIdleStrategy(0, 1, DRIVER_PARK_MIN_NANOS, DRIVER_PARK_MAX_NANOS))
        .ipcMtuLength(TransportSettings.MTU_BYTES)
        .ipcTermBufferLength(settings.planTermBytes())
        .termBufferSparseFile(false)
        .clientLivenessTimeoutNs(settings.livenessNanos())
        .publicationUnblockTimeoutNs(settings.livenessNanos() * 2)
        .publicationLingerTimeoutNs(Math.min(1_000_000_000L, settings.livenessNanos()))
        .errorHandler(counters::onError));
    try {
      return new TransportNode(driver, client(directory, settings, counters), settings, counters);
    } catch (RuntimeException failure) {
      CloseHelper.quietClose(driver);
      throw failure;
    }
  }

  /** Connects to a driver that runs in another process. For ranks. */
  public static TransportNode join(
      Path directory, TransportSettings settings, TransportCounters counters) {
    return new TransportNode(null, client(directory, settings, counters), settings, counters);
  }

  private static Aeron client(
      Path directory, TransportSettings settings, TransportCounters counters) {
    return Aeron.connect(new Aeron.Context()
        .aeronDirectoryName(directory.toString())
        .driverTimeoutMs(settings.livenessNanos() / 1_000_000)
        .errorHandler(counters::onError)
        .subscriberErrorHandler(TransportNode::rethrow));
  }

  /** A handler that fails must end the loop that polls, not be swallowed. */
  private static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(failure);
  }

  /** Opens the engine's end of the streams to one incarnation of a rank. */
  public FrontStepChannel openFront(StepAddress address) {
    AeronOut plans = out(settings.planTermBytes(), address.planStream());
    AeronIn results =
        new AeronIn(aeron.addSubscription(CommonContext.IPC_CHANNEL, address.resultStream()));
    return StepChannels.front(address, plans, results, counters);
  }

  /** Opens the rank's end. */
  public RankStepChannel openRank(StepAddress address) {
    AeronIn plans =
        new AeronIn(aeron.addSubscription(CommonContext.IPC_CHANNEL, address.planStream()));
    AeronOut results = out(settings.resultTermBytes(), address.resultStream());
    return StepChannels.rank(address, plans, results, counters);
  }

  private AeronOut out(int termBytes, int stream) {
    String channel = new ChannelUriStringBuilder()
        .media(CommonContext.IPC_MEDIA)
        .termLength(termBytes)
        .build();
    return new AeronOut(aeron.addExclusivePublication(channel, stream), settings.inlineBytesMax());
  }

  /** False once the driver is gone or this client was silent for too long. */
  public boolean isOpen() {
    return !aeron.isClosed();
  }

  public TransportCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(aeron, driver);
  }
}
