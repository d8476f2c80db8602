package dev.farol.wire.proxy;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket types of this machine: io_uring where the kernel has it, from 6.1 on, and lets it be
 * used, which many containers do not; else epoll; else the JDK's.
 */
record Transport(
        IoHandlerFactory handlers,
        Class<? extends ServerSocketChannel> server,
        Class<? extends SocketChannel> client,
        ChannelFactory<DatagramChannel> datagrams) {
    private static final Logger log = LoggerFactory.getLogger(Transport.class);
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    /**
     * @param ioUring false leaves io_uring out
     */
    static Transport best(boolean ioUring) {
        boolean recent = isRecent(System.getProperty("os.version"));
        if (ioUring && recent && IoUring.isAvailable()) {
            log.info("Connections go by io_uring");
            return new Transport(
                    IoUringIoHandler.newFactory(),
                    IoUringServerSocketChannel.class,
                    IoUringSocketChannel.class,
                    IoUringDatagramChannel::new);
        }
        if (ioUring) {
            log.info(
                    "Connections go without io_uring: {}",
                    recent ? cause() : "the kernel is older than 6.1");
        }
        return Epoll.isAvailable()
                ? new Transport(
                        EpollIoHandler.newFactory(),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel.class,
                        EpollDatagramChannel::new)
                : new Transport(
                        NioIoHandler.newFactory(),
                        NioServerSocketChannel.class,
                        NioSocketChannel.class,
                        NioDatagramChannel::new);
    }

    /** Older kernels have io_uring without what makes it cheap: work that waits for its loop. */
    static boolean isRecent(String kernel) {
        Matcher version = VERSION.matcher(kernel);
        if (!version.lookingAt()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(version.group(2)) >= 1);
    }

    /** In the kernel's words, more often than not: it forbids it, or is too old. */
    private static String cause() {
        Throwable cause = IoUring.unavailabilityCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "no reason is known" : String.valueOf(cause.getMessage());
    }
}
