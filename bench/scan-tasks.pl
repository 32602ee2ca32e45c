# Holds TASKS processes with DESCRIPTORS open each until its standard input ends: pipes, unix and UDP sockets, files.
#
#     perl bench/scan-tasks.pl TASKS DESCRIPTORS DIRECTORY
#
# Prints its pid when all are there, and ends them one by one.

use strict;
use warnings;
use Socket;

my ($tasks, $descriptors, $directory) = @ARGV;
my @children;
for my $number (1 .. $tasks) {
    my $pid = fork();
    die "fork: $!" unless defined $pid;
    if ($pid) { push @children, $pid; next; }
    my @held;
    # Three it has from the beginning.
    while (@held < $descriptors - 3) {
        my $left = $descriptors - 3 - @held;
        if (@held % 5 < 2 && $left >= 2) {
            if (@held % 2) { socketpair(my $one, my $other, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die $!; push @held, $one, $other; }
            else { pipe(my $out, my $in) or die $!; push @held, $out, $in; }
        } elsif (@held % 5 == 4) {
            socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die $!;
            bind($socket, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
            push @held, $socket;
        } else {
            open(my $file, '+>>', "$directory/file" . ($number % 100) . '-' . scalar(@held)) or die $!;
            push @held, $file;
        }
    }
    sleep 1000 while 1;
}
sleep 1;
$| = 1;
print "$$\n";
read(STDIN, my $nothing, 1);
kill 'KILL', $_ for @children;
waitpid($_, 0) for @children;
