import ChorusCommand
import ChorusTesting
import NIOCore
import NIOPosix
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("The server's process")
struct ServerProcessTests {
    private static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"

    private static func row(_ local: String, _ state: String, _ inode: Int) -> String {
        "   0: \(local) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000     0        0 \(inode) 1 0"
    }

    private static func table(_ rows: String...) -> String { ([header] + rows).joined(separator: "\n") + "\n" }

    @Test("is who listens at the very address, or else at all of them")
    func listening() throws {
        let tcp = Self.table(
            Self.row("0100007F:1F40", "01", 1),
            Self.row("0100007F:1F41", "0A", 2),
            Self.row("0100007F:1F40", "0A", 3),
            Self.row("00000000:1F40", "0A", 4),
            Self.row("00000000:1F42", "0A", 5),
            Self.row("00000000:1F42", "0A", 6)
        )
        let tcp6 = Self.table(
            Self.row("00000000000000000000000001000000:1F40", "0A", 7),
            Self.row("00000000000000000000000000000000:1F43", "0A", 8),
            Self.row("0000000000000000FFFF00000100007F:1F44", "0A", 9)
        )
        func inodes(_ host: String, _ port: Int, isHere: Bool = true) throws -> Set<UInt64> {
            let sockets = ListeningSockets(try SocketAddress(ipAddress: host, port: port), isOfThisMachine: isHere)
            return sockets.inodes(tcp: tcp, tcp6: tcp6, unix: "")
        }
        #expect(try inodes("127.0.0.1", 8000) == [3])
        #expect(try inodes("127.0.0.1", 8001) == [2])
        #expect(try inodes("192.0.2.1", 8000) == [4])
        #expect(try inodes("127.0.0.1", 8002) == [5, 6])
        #expect(try inodes("::1", 8000) == [7])
        #expect(try inodes("::1", 8003) == [8])
        #expect(try inodes("127.0.0.1", 8003) == [8])
        #expect(try inodes("127.0.0.1", 8004) == [9])
        #expect(try inodes("127.0.0.1", 8005) == [])
        #expect(try inodes("192.0.2.1", 8002, isHere: false) == [])
    }

    @Test("is who listens at the path of a socket")
    func unix() throws {
        let table = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/other.sock
            0000000000000000: 00000002 00000000 00010000 0001 01 12 /run/chorus.sock
            0000000000000000: 00000003 00000000 00000000 0001 03 13 /run/chorus.sock
            0000000000000000: 00000002 00000000 00010000 0001 01 14

            """
        let sockets = ListeningSockets(try SocketAddress(unixDomainSocketPath: "/run/chorus.sock"))
        #expect(sockets.inodes(tcp: "", tcp6: "", unix: table) == [12])
    }

    @Test("has its times behind a name that may have anything in it")
    func usage() {
        let fields = (3...52).map { $0 == 14 ? "250" : $0 == 15 ? "50" : $0 == 24 ? "10" : "\($0)" }
        let stat = "7 (a) (b c) " + fields.joined(separator: " ")
        let usage = ServerProcess.usage(stat, ticksPerSecond: 100, pageSize: 4_096)
        #expect(usage?.processorTime == 3)
        #expect(usage?.memory == 40_960)
        #expect(ServerProcess.usage("", ticksPerSecond: 100) == nil)
        #expect(ServerProcess.usage("7 (a) 1 2 3", ticksPerSecond: 100) == nil)
    }

    @Test("is found where there is one, and uses something", .enabled(if: ServerProcess.isSupported))
    func found() async throws {
        try await ScriptedServer.run { server in
            let processes = ServerProcess.listening(at: server.address)
            #expect(processes.map(\.id) == [getpid()])
            let usage = try #require(processes.first?.usage)
            #expect(usage.memory > 1_000_000)
            #expect(usage.processorTime > 0)
        }
        let free = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        #expect(ServerProcess.listening(at: free).isEmpty)
        #expect(ServerProcess(id: .max) == nil)
    }
}
