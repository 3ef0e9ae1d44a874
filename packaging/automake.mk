# SPDX-License-Identifier: Apache-2.0

# What an installation has beside the programs.

rundir = $(runstatedir)/openvswitch
logdir = $(localstatedir)/log/ovs-virtnet
networksdir = $(sysconfdir)/ovs-virtnet/networks
completionsdir = $(datadir)/bash-completion/completions
sysusersdir = $(prefix)/lib/sysusers.d
logrotatedir = $(sysconfdir)/logrotate.d

substitute = sed \
	-e 's,[@]bindir[@],$(bindir),g' \
	-e 's,[@]sbindir[@],$(sbindir),g' \
	-e 's,[@]rundir[@],$(rundir),g' \
	-e 's,[@]logdir[@],$(logdir),g' \
	-e 's,[@]VERSION[@],$(PACKAGE_VERSION),g'

packaging/%: $(top_srcdir)/packaging/%.in Makefile
	$(AM_V_at)$(MKDIR_P) packaging
	$(AM_V_GEN)$(substitute) $< >$@.tmp && mv $@.tmp $@

dist_doc_DATA = \
	Documentation/NEWS.rst \
	Documentation/columns.rst \
	Documentation/design.rst \
	Documentation/faults.rst \
	Documentation/deployments.rst \
	Documentation/fleet.rst \
	Documentation/guards.rst \
	Documentation/moving.rst \
	Documentation/libvirt.rst \
	Documentation/network-xml.rst \
	Documentation/performance.rst \
	Documentation/releases.rst \
	README.rst
dist_man_MANS += Documentation/ovs-virtnet-network.5

# For those who watch the daemon by Prometheus.
monitoringdir = $(docdir)/monitoring
dist_monitoring_DATA = \
	packaging/monitoring/virtnet-alerts.yaml \
	packaging/monitoring/virtnet-dashboard.json \
	packaging/monitoring/virtnet-textfile.service \
	packaging/monitoring/virtnet-textfile.timer

systemdsystemunit_DATA = packaging/virtnet-controller.service
CLEANFILES += \
	packaging/ovs-virtnet.logrotate \
	packaging/ovs-virtnet.spec \
	packaging/virtnet-controller.service
# The archive has the spec file itself, too, for rpmbuild -ta.
EXTRA_DIST += \
	packaging/ovs-virtnet.logrotate.in \
	packaging/ovs-virtnet.spec \
	packaging/ovs-virtnet.spec.in \
	packaging/ovs-virtnet.sysusers \
	packaging/virtnet-controller-completion.bash \
	packaging/virtnet-controller.service.in \
	packaging/virtnetctl-completion.bash

all-local: packaging/ovs-virtnet.logrotate

# Files that have other names where they are installed.
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(networksdir)" "$(DESTDIR)$(completionsdir)" \
	    "$(DESTDIR)$(sysusersdir)" "$(DESTDIR)$(logrotatedir)"
	for program in virtnetctl virtnet-controller; do \
	    $(INSTALL_DATA) \
	        "$(srcdir)/packaging/$$program-completion.bash" \
	        "$(DESTDIR)$(completionsdir)/$$program" || exit; \
	done
	$(INSTALL_DATA) "$(srcdir)/packaging/ovs-virtnet.sysusers" \
	    "$(DESTDIR)$(sysusersdir)/ovs-virtnet.conf"
	$(INSTALL_DATA) packaging/ovs-virtnet.logrotate \
	    "$(DESTDIR)$(logrotatedir)/ovs-virtnet"

# Definitions are the administrator's: they stay.
uninstall-local:
	rm -f "$(DESTDIR)$(completionsdir)/virtnetctl" \
	    "$(DESTDIR)$(completionsdir)/virtnet-controller" \
	    "$(DESTDIR)$(sysusersdir)/ovs-virtnet.conf" \
	    "$(DESTDIR)$(logrotatedir)/ovs-virtnet"
	-rmdir "$(DESTDIR)$(networksdir)" "$(DESTDIR)$(sysconfdir)/ovs-virtnet"

# Directories that nobody else has are gone with what was in them.
uninstall-hook:
	for dir in "$(monitoringdir)" "$(docdir)" "$(schemadir)" "$(pkgdatadir)"; do \
	    rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; \
	done
