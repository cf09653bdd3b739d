package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process as Linux shows it in `/proc`.
package struct ServerProcess: Sendable {
    /// What it has used until now.
    package struct Usage: Sendable {
        /// In seconds, of all its threads. The system counts in hundredths.
        package var processorTime = 0.0
        /// In bytes, of the physical memory.
        package var memory = 0
    }

    package let id: Int32
    /// The program's name, as `ps` shows it.
    package let name: String

    /// The process with this number; nil if there is none that may be looked at.
    package init?(id: Int32) {
        guard let stat = Self.read("/proc/\(id)/stat"), let name = Self.name(stat) else { return nil }
        self.id = id
        self.name = name
    }

    /// nil when it has ended.
    package var usage: Usage? {
        Self.read("/proc/\(id)/stat").flatMap { Self.usage($0, ticksPerSecond: Self.ticksPerSecond) }
    }

    /// Reads `/proc/PID/stat` (proc(5)): user and system time are the fields 14 and 15, resident pages are 24.
    package static func usage(_ stat: String, ticksPerSecond: Double, pageSize: Int = Self.pageSize) -> Usage? {
        // the name, which is the second one, may have anything in it
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let pages = Int(fields[21])
        else { return nil }
        return Usage(processorTime: (user + system) / ticksPerSecond, memory: pages * pageSize)
    }

    private static func name(_ stat: String) -> String? {
        guard let start = stat.firstIndex(of: "("), let end = stat.lastIndex(of: ")"), start < end else { return nil }
        return String(stat[stat.index(after: start)..<end])
    }

    /// Those that listen at an address of this machine and may be looked at.
    package static func listening(at address: SocketAddress) -> [ServerProcess] {
        let inodes = ListeningSockets(address).inodes(
            tcp: read("/proc/net/tcp") ?? "",
            tcp6: read("/proc/net/tcp6") ?? "",
            unix: read("/proc/net/unix") ?? ""
        )
        guard !inodes.isEmpty else { return [] }
        let links = Set(inodes.map { "socket:[\($0)]" })
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.sorted().filter {
            id in
            let folder = "/proc/\(id)/fd"
            return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains {
                (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")).map(links.contains) ?? false
            }
        }
        .compactMap { ServerProcess(id: $0) }
    }

    private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    #if os(Linux)
    package static let isSupported = true
    package static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
    #else
    package static let isSupported = false
    package static let pageSize = 4_096
    private static let ticksPerSecond = 100.0
    #endif
}
