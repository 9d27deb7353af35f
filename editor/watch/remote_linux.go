package watch

import "syscall"

// distant are the magic numbers of file systems whose changes may be made elsewhere: NFS, SMB, CIFS, SMB2, FUSE, 9P, AFS, Ceph.
var distant = map[uint32]bool{
	0x6969: true, 0x517b: true, 0xff534d42: true, 0xfe534d42: true, 0x65735546: true, 0x01021997: true, 0x5346414f: true, 0x00c36400: true,
}

// remote says whether a folder lies on a file system that may change without this machine.
func remote(dir string) bool {
	var s syscall.Statfs_t
	return syscall.Statfs(dir, &s) == nil && distant[uint32(s.Type)]
}
